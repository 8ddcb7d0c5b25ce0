require ["fcc", "vacation", "mailbox"];
vacation :create "Away.";
