require ["vacation", "vacation-seconds", "reject", "ereject", "include", "variables", "enotify", "editheader", "replace", "enclose", "foreverypart",
  "mime", "fcc", "imap4flags", "mailbox"];

global "on_holiday";
include :personal :once :optional "holiday";
include :global "spam_tests";

if header :contains "subject" "cyrus" {
  vacation :days 23 :subject "Away" :from "Me <me@example.edu>" :addresses ["tjs@example.edu", "ts4z@landru.example.edu"]
    :handle "cyrus" "I'm out -- send mail to cyrus-bugs";
} elsif string :is "${on_holiday}" "1" {
  vacation :seconds 1800 :fcc "Sent" :create :flags "\\Seen" :mime text:
Content-Type: text/plain; charset=utf-8

I am in a meeting.
.
  ;
} elsif size :over 100K {
  reject text:
Your message is too big.
.
  ;
  return;
} elsif address "from" "someone@example.com" {
  ereject "I no longer accept mail from this address";
} elsif valid_notify_method "mailto:alm@example.com" {
  set :encodeurl "subject" "Mail & more";
  notify :importance "1" :from "me@example.edu" :options ["name=value"] :message "Very important" "mailto:alm@example.com?body=${subject}";
  if notify_method_capability "mailto:alm@example.com" "online" "maybe" {
    addheader :last "X-Notified" "perhaps";
  }
}

deleteheader :index 1 :last :contains "Delivered-To" "bob@example.com";
deleteheader "X-Hello";
foreverypart {
  if header :mime :contenttype "Content-Type" "application/octet-stream" {
    replace :mime text:
Content-Type: text/plain

[removed]
.
    ;
  }
}
enclose :subject "Warning" :headers ["From", "Date"] "Be careful with this message.";
