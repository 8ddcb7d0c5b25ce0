require "fileinto";
fileinto "A;
keep;
discrad;
