require "envelope";
if envelope "from" "a@b.example" { fileinto "A"; }
