require ["fileinto", "imap4flags", "date", "relational", "regex"];
if header :contains "subject" "a" { fileinto "A"; addflag "\\Flagged"; }
if date :value "ge" "date" "hour" "18" { addflag "\\Seen"; fileinto "B"; }
if header :regex "subject" "^\d+$" { keep; }
