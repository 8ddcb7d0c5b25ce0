require "fileinto";
if header :list "from" "x" { fileinto :mailboxid "F1" "x"; }
