require ["copy", "fileinto"];
fileinto :copy "Copies";
redirect :copy "other@example.org";
