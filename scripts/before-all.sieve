# A server-wide script that runs before the mailboxes' own: what a scanner marked goes to Junk.
# It leaves everything else alone, so that the mailbox's own script runs.
require ["fileinto", "encoded-character"];

if allof (header "X-Spam-Flag" "YES", not header :contains "X-Spam-Status" "autolearn=ham") {
  fileinto "Junk";
  stop;
}

# Right-to-left overrides hide the real ending of a file's name.
if header :contains "Subject" "${unicode:202E}" {
  fileinto "Junk";
}
