require ["relational", "comparator-i;ascii-numeric", "variables", "regex", "vacation", "vacation-seconds"];
if header :contains :comparator "i;ascii-numeric" "x-score" "5" { keep; }
set "9lives" "x";
if header :regex "subject" "[a" { keep; }
vacation :seconds 9999999999 "I am away.";
