require "duplicate";
if duplicate :handle "d" { discard; }
