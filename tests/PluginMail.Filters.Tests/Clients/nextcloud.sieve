### Nextcloud Mail: Filters ### DON'T EDIT ###
require ["copy","fileinto","imap4flags"];
### Nextcloud Mail: Filters ### DON'T EDIT ###

### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
require ["date","relational","vacation"];
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###

require ["fileinto"];
if address :is "from" "own@example.org" { fileinto "Own"; }

### Nextcloud Mail: Filters ### DON'T EDIT ###
# FILTER: [{"name":"Invoices","enable":true,"operator":"allof","tests":[{"field":"subject","operator":"contains","values":["Invoice"]}],"actions":[{"type":"fileinto","mailbox":"Invoices"}],"priority":10}]
# Invoices
if allof (header :contains "Subject" ["Invoice"], address :all :contains "From" ["shop@"]) {
    fileinto "Invoices";
    stop;
}
# Tags
if header :matches "List-Id" ["*<dev.example.org>"] {
    addflag ["$label_dev"];
}
### Nextcloud Mail: Filters ### DON'T EDIT ###

### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
# DATA: {"version":1,"enabled":true,"start":"2026-12-23T08:00:00+00:00","subject":"Away: ${subject}","message":"Back soon."}
if allof(currentdate :value "ge" "iso8601" "2026-12-23T08:00:00+00:00", currentdate :value "le" "iso8601" "2027-01-02T08:00:00+00:00") {
    vacation :days 4 :subject "Away" :addresses ["me@example.org"] "Back soon.";
}
### Nextcloud Mail: Vacation Responder ### DON'T EDIT ###
