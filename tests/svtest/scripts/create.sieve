require ["fileinto", "mailbox"];
fileinto :create "Fresh/Folder";
