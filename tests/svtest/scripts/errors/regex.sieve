require "regex";
if header :regex "subject" "a(b" { stop; }
if header :regex "subject" "*a" { stop; }
if header :regex "subject" "[a" { stop; }
