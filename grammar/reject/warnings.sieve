require ["fileinto", "copy", "encoded-character"];
if all (size :over 5M, size :under 1M) { keep; }
if all (subject "x", not subject "x") { keep; }
if address :is "from" "*@acme.example" { keep; }
if sender :domain :ends_with "acme.example" { keep; }
if header "Subject:" "x" { keep; }
if subject "a" { fileinto "A"; discard; }
if subject "b" { fileinto "Entw&APw-rfe"; stop; keep; }
if subject "c" { keep; } elsif subject "c" { discard; }
if subject "d" { keep; }
if subject "d" { keep; }
move "Finance";
keep;
