require ["fileinto", "imap4flags"];
setflag "\\Answered";
fileinto :flags "\\Deleted" "INBOX.From Boss";
keep :flags ["\\Seen", "$label"];
