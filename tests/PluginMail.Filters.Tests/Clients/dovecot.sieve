require ["include", "variables", "fileinto", "mailbox", "subaddress", "envelope", "editheader", "duplicate", "spamtestplus", "relational",
  "comparator-i;ascii-numeric", "ihave", "environment", "foreverypart", "mime"];

global "owner";
set "owner" "me";
include :personal :once "common";

if spamtest :value "ge" :comparator "i;ascii-numeric" :percent "80" {
  fileinto :create "Junk";
  stop;
}
if duplicate :seconds 3600 {
  discard;
  stop;
}
if envelope :matches :detail "to" "*" {
  set :lower :upperfirst "name" "${1}";
  if not string :is "${name}" "" {
    fileinto :create "Plus.${name}";
  }
}
addheader :last "X-Sorted" "yes";
foreverypart {
  if header :mime :param "filename" :matches "Content-Type" ["*.exe", "*.com"] {
    fileinto "Suspicious";
    break;
  }
}
