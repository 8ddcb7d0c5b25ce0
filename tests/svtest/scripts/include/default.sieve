require ["include", "fileinto"];
include :personal "scripts/include/one";
fileinto "two";
