require ["imapsieve", "environment", "vacation", "envelope"];
if environment "imap.couse" "COPY" { keep; }
if envelope "from" "a@example.org" { vacation "I am away."; }
