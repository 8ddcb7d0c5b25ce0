# IMAP events (RFC 6785): the examples of section 5, and what users write.
require ["copy", "environment", "imapsieve", "enotify", "imap4flags", "variables", "fileinto"];

if anyof (environment :is "imap.cause" "APPEND", environment :is "imap.cause" "COPY") {
    if environment :is "imap.mailbox" "ActionItems" {
        redirect :copy "actionitems@example.com";
    }
}
if environment :matches "imap.mailbox" "*" {
    set "mailbox" "${1}";
}
if allof (hasflag "\\Flagged", environment :contains "imap.changedflags" "\\Flagged") {
    notify :message "Important message in ${mailbox}" "mailto:tim@example.com";
}
if allof (environment "imap.cause" "COPY", environment "imap.mailbox" "Junk", not environment "imap.user" "nobody", environment :contains "imap.email" "@")
{
    addflag ["$Junk", "\\Seen"];
    fileinto :copy :flags "" "Learn/Spam";
}
