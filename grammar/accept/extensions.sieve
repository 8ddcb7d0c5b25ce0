# One use of each extension that looks at a message; a test holds that none of them is reported.
require ["variables", "relational", "comparator-i;ascii-numeric", "subaddress", "imap4flags", "body", "date", "index", "fileinto"];
require ["environment", "ihave", "mailbox", "special-use", "mailboxid", "mboxmetadata", "servermetadata", "spamtestplus", "virustest"];
require ["duplicate", "extlists", "regex", "mime", "foreverypart", "extracttext", "envelope", "vnd.dovecot.environment", "vnd.dovecot.debug"];

if header :matches "list-id" "*<*.*>*" {
    set :lower :upperfirst "list" "${2}";
    fileinto :create :flags ["\\Seen", "$list"] "Lists/${list}";
}
if anyof (header :value "le" :comparator "i;ascii-numeric" "x-priority" "2", address :count "gt" :comparator "i;ascii-numeric" ["to", "cc"] "20",
          envelope :detail "to" "orders", string :contains "${env.host}" "mx1", hasflag ["\\Flagged", "$list"]) {
    addflag "\\Flagged";
}
if allof (body :content "text" :contains "unsubscribe", body :raw :contains "MIME", not body :text :regex "(contract|invoice) [0-9]{4,8}") {
    setflag "$bulk";
    removeflag ["$work"];
}
if allof (date :value "lt" :originalzone :index 1 :last "received" "hour" "06", currentdate :zone "+0100" "weekday" ["0", "6"],
          environment "location" "MDA", mailboxexists "Archive", specialuse_exists "\\Junk", mailboxidexists "F1") {
    fileinto :specialuse "\\Junk" :mailboxid "F1" "Junk";
}
if anyof (spamtest :percent :value "ge" :comparator "i;ascii-numeric" "80", virustest "5", duplicate :handle "all" :seconds 3600,
          address :list "from" "urn:example:blocked", valid_ext_list "urn:example:blocked",
          metadata "INBOX" "/private/vendor/filter" "on", servermetadataexists "/shared/admin") {
    debug_log "put aside: ${list}";
    discard;
}
foreverypart :name "parts" {
    if header :mime :anychild :param "filename" :matches "content-disposition" "*.exe" { break :name "parts"; }
    if header :mime :type "content-type" "text" { extracttext :first 100 "text"; }
}
if ihave "vnd.example.later" { vnd_example_later; } elsif false { error "never"; }
