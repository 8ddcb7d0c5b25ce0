require "fileinto";
fileinto :create "x";
if mailboxexists "x" { stop; }
