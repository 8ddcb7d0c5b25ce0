require ["editheader", "variables"];
set "t" "0123456789abcdef";
set "t" "${t}${t}${t}${t}";
set "t" "${t}${t}${t}${t}";
set "t" "${t}${t}${t}${t}";
set "t" "${t}${t}";
addheader "X-Long" "${t}";
