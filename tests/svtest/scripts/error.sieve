require ["ihave", "fileinto"];
fileinto "x";
if not ihave "vnd.example.nothing" { error "needs something else"; }
