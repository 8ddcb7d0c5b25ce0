# A shared mailbox: everyone in charge gets a copy, and what the team sends is kept together.

# rule:[Sales]
if recipient ["sales@example.test", "offers@example.test"] {
  copy "anna@example.test";
  copy "ben@example.test";
}

# rule:[Answers]
if all (direction "outgoing", subject :starts_with "Re:") {
  copy "Answers";
}

# rule:[Never send to the test domain]
if all (direction "outgoing", recipient :within "invalid.example") {
  delete :forever;
}
