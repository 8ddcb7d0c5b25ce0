require "body";
if body :raw :text :contains "x" { stop; }
if body :content :contains { stop; }
