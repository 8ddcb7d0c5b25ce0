reject "no capability";
ereject;
