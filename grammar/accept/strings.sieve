require ["fileinto", "encoded-character"];
if header :contains "x-test" ["a\"b\\c", "two
lines", "é", "$${hex:24 24}"] { fileinto "Größe"; }
if header "x-test" text:
..dot-stuffed
.not-stuffed
.
{ keep; }
