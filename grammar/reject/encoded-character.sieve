require ["encoded-character", "fileinto"];
fileinto "A${unicode:D800}";
fileinto "B${hex:zz}";
