# rule:[Invoices]
if all (sender :within "acme.example", subject :starts_with ["Invoice", "Rechnung"], not size :over 5000K) {
    move "Finance";
}
# rule:[Shared mailbox]
if any (recipient "sales@example.test", subject :contains "not spam") { copy "archive@example.test"; }
if direction "outgoing" { copy "Copies of what I sent"; }
