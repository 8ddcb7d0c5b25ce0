require "editheader";
addheader "no name:" "x";
deleteheader :last "x";
deleteheader :index 0 "x";
