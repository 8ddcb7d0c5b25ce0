require "fileinto";
fileinot "A";
fileinto "B";
if heder "subject" "x" { discrad; }
frobnicate;
