require ["relational", "comparator-i;ascii-numeric"];
if header :value "greater" "subject" "1" { stop; }
if header :contains :comparator "i;ascii-numeric" "subject" "1" { stop; }
