# two words of one capability: one finding
if header :contains "subject" "x" { fileinto "A"; } else { fileinto "B"; }
