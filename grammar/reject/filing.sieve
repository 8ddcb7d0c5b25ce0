require ["fileinto", "copy", "envelope"];
if header :contains "subject" "invoice" { fileinto "Invoices"; }
if header :is "subject" "Invoice from Acme" { fileinto "Acme"; }
if envelope "to" "sales@example.org" { redirect "sales@example.org"; stop; }
if header :contains "from" "@acme.example" { redirect :copy "a@example.net"; }
if true { redirect :copy "b@example.net"; redirect :copy "c@example.net"; redirect :copy "d@example.net"; }
if subject "x" { redirect :copy "e@example.net"; } else { redirect :copy "f@example.net"; copy "g@example.net"; }
if subject :contains "cat" { stop; } elsif subject "cats" { keep; }
