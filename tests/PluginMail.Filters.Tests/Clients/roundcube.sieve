require ["copy","fileinto","imap4flags","vacation","variables","enotify","envelope","date","relational","body","regex","reject"];
# rule:[Newsletters]
if anyof (header :contains "list-id" "news.example.net", header :matches "subject" "*newsletter*")
{
	fileinto "Newsletters";
	stop;
}
# rule:[Boss & co]
if allof (address :all :is "from" "boss@example.org", not size :over 2M)
{
	addflag "\\Flagged";
	fileinto "Important";
}
# rule:[Großes]
if size :over 10M
{
	setflag ["\\Seen","$label1"];
	keep;
}
# rule:[Secretary]
if allof (envelope :domain :is "to" "example.org", body :text :contains "contract")
{
	redirect :copy "secretary@example.org";
}
# rule:[No thanks]
if header :regex "subject" "^\\[ad\\]"
{
	reject "No advertisements, please.";
	stop;
}
# rule:[Notify]
if header :contains "x-priority" "1"
{
	notify :importance "1" :message "urgent: mail" "mailto:mobile@example.org";
}
# rule:[Out of office]
if allof (currentdate :zone "+0100" :value "ge" "date" "2026-12-24", currentdate :zone "+0100" :value "le" "date" "2027-01-06")
{
	vacation :days 3 :addresses ["me@example.org","m.e@example.org"] :from "Me <me@example.org>" :subject "Away" text:
I am away until the 6th of January.

..and a line with a dot.
.
;
}
# rule:[Disabled]
if false # true
{
	discard;
}
