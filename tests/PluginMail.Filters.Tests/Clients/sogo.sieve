require ["date","fileinto","imap4flags","reject","relational","vacation","variables"];
if allof (header :contains "subject" "Rechnung",
          address :is "from" "shop@example.com") {
    fileinto "Einkauf/Rechnungen";
    stop;
}
if anyof (header :contains ["to", "cc"] "team@example.org",
          not header :matches "subject" "*re:*") {
    addflag "\\Flagged";
    keep;
}
if anyof (size :over 500K) {
    fileinto "Groß";
}
if allof ( currentdate :value "ge" "date" "2026-12-20", currentdate :value "le" "date" "2026-12-31" ) {
    vacation :days 7 :addresses ["me@example.org", "me@example.com"] text:
Ich bin im Urlaub.
.
;
}
redirect "elsewhere@example.net";
keep;
