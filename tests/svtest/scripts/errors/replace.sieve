require ["replace"];
replace;
enclose "x";
