require ["date", "index"];
if date "date" "century" "20" { stop; }
if date :zone "+0100" :originalzone "date" "hour" "1" { stop; }
if header :last "received" "x" { stop; }
