require ["imapsieve", "environment", "imap4flags", "fileinto", "copy"];

if allof (hasflag "\\Flagged", environment :contains "imap.changedflags" "\\Flagged") {
    fileinto :copy "Important";
}
