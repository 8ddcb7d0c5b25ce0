require ["fcc", "vacation", "enotify", "mailbox", "imap4flags"];
vacation :fcc "Sent" :flags "\\Seen" "Away.";
notify :fcc "Notices" :create "mailto:a@b.example";
