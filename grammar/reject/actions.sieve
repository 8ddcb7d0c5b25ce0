require ["vacation", "include", "editheader", "enotify", "fcc", "mailbox", "replace"];

vacation :from "nobody" "Away.";
vacation :seconds 10 "Away.";
vacation :create "Away.";
include "";
global "name";
addheader "X Y" "value";
deleteheader :last "X-Hello";
deleteheader :index 0 "X-Hello";
notify :importance "9" "mailto:a@example.org";
replace :from "nobody" "text";
