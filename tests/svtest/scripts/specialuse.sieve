require ["fileinto", "special-use"];
fileinto :specialuse "\\Archive" "INBOX/Archive";
