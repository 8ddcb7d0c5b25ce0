# Checked for a mailbox with the folders INBOX, Finance, Sales and the addresses owner@example.test, owner.alias@example.test.
require ["fileinto", "copy"];
if subject "a" { fileinto "finance"; }
elsif subject "b" { move "Sale"; }
elsif subject "c" { fileinto "New"; }
elsif subject "d" { fileinto "inbox"; }
elsif subject "e" { redirect :copy "Owner.Alias@example.test"; }
