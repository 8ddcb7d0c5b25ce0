#
# Script edited with a mail program's sieve editor
#
require ["fileinto", "reject", "envelope", "subaddress", "vacation", "regex", "mailbox", "special-use"];

if header :comparator "i;ascii-casemap" :contains "subject" ["viagra", "lottery"] {
  fileinto :create "Junk";
  stop;
} elsif envelope :detail :is "to" "shopping" {
  fileinto :specialuse "\\Archive" :create "Shopping";
} elsif address :domain :matches ["to", "cc"] ["*.lists.example", "lists.example"] {
  fileinto "Lists";
} else {
  keep;
}

if header :regex :comparator "i;ascii-casemap" "received" "from \\[192\\.168\\." {
  keep;
}
