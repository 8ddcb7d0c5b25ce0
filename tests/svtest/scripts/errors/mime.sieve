require ["mime", "foreverypart"];
if header :anychild "subject" "x" { stop; }
foreverypart { extracttext "a"; }
