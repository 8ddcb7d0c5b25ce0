require "fileinto";
fileinto :flags "\\Seen" "x";
setflag "\\Seen";
