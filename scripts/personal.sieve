# Everyday rules in plain words. No require is needed.

# rule:[Invoices]
if all (sender :within "acme.example", subject :base :starts_with ["Invoice", "Rechnung"], not size :over 5000K) {
  move "Finance/Invoices";
}

# rule:[Newsletters]
if any (header :contains "list-id" "news.example", sender :localpart ["newsletter", "no-reply"]) {
  move "Newsletters";
}

# rule:[Large attachments to look at later]
if size :over 20M {
  copy "Large";
}

# rule:[A sender I never want to read]
if sender "offers@pushy.example" {
  delete;
}
