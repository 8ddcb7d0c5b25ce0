require ["editheader", "fileinto", "copy"];
fileinto :copy "before";
addheader "X-Later" "yes";
keep;
