# Standard Sieve (RFC 5228 with fileinto, copy and envelope), as any client or server understands it.
require ["fileinto", "copy", "envelope"];

# rule:[Bounces]
if envelope "from" "" {
  fileinto "Bounces";
  stop;
}

# rule:[Mailing lists]
if anyof (exists "List-Id", header :matches "Subject" ["[*] *", "Re: [*] *"]) {
  fileinto "Lists";
} elsif address :is :domain ["From", "Sender"] "example.com" {
  redirect :copy "secretary@example.com";
} elsif not exists ["From", "Date"] {
  discard;
}
