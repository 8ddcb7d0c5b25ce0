"""Scripts on IMAP events with Python's imaplib: imapsieve_session.py IMAP-TLS USER PASSWORD OTHER PASSWORD."""
import imaplib
import re
import sys

from common import HOST, tls

port = int(sys.argv[1])
user, password, other, other_password = sys.argv[2:]
imaplib.Commands["SETMETADATA"] = ("AUTH", "SELECTED")
imaplib.Commands["MOVE"] = ("SELECTED",)


def connect(name, secret):
    imap = imaplib.IMAP4_SSL(HOST, port, ssl_context=tls(), timeout=60)
    ok(imap.login(name, secret))
    return imap


def ok(result):
    status, data = result
    assert status == "OK", (status, data)
    return data


def flags(imap, folder):
    """The flags of each message in a folder; \\Recent is left out."""
    status, data = imap.select(folder, readonly=True)
    if status != "OK" or data[0] == b"0":
        return []
    lines = ok(imap.fetch("1:*", "(FLAGS)"))
    return [sorted(f for f in re.search(rb"FLAGS \(([^)]*)\)", line).group(1).decode().split() if f != "\\Recent") for line in lines]


def append(imap, folder, subject):
    ok(imap.append(folder, None, None, b"From: a@example.org\r\nSubject: %s\r\n\r\nbody\r\n" % subject))


def script(imap, folder, name):
    ok(imap._simple_command("SETMETADATA", folder, '(/shared/imapsieve/script "%s")' % name))


imap = connect(user, password)
assert "IMAPSIEVE" not in " ".join(imap.capabilities), "without ManageSieve it is not announced"
script(imap, "Sent", "sent")

# A move into Junk: the server's script files a copy and marks the message.
append(imap, "INBOX", b"spam")
ok(imap.select("INBOX"))
status, data = imap._simple_command("MOVE", "1", "Junk")
assert status == "OK", data
assert flags(imap, "Junk") == [["$Learned"]], flags(imap, "Junk")
assert flags(imap, "Learn/Spam") == [[]], flags(imap, "Learn/Spam")
assert flags(imap, "INBOX") == []

# From elsewhere the rule does not count.
append(imap, "Drafts", b"draft")
ok(imap.select("Drafts"))
ok(imap.copy("1", "Junk"))
assert sorted(flags(imap, "Junk")) == [[], ["$Learned"]], flags(imap, "Junk")

# APPEND: the mailbox's own script sets a flag.
append(imap, "Sent", b"sent")
assert flags(imap, "Sent") == [["\\Seen"]], flags(imap, "Sent")

# STORE: it sees which flags changed.
ok(imap.select("Sent"))
ok(imap.store("1", "+FLAGS", "(\\Answered)"))
assert flags(imap, "Important") == [], "another flag"
ok(imap.select("Sent"))
ok(imap.store("1", "+FLAGS", "(\\Flagged)"))
assert flags(imap, "Sent") == [sorted(["\\Seen", "\\Answered", "\\Flagged", "$Important"])], flags(imap, "Sent")
assert len(flags(imap, "Important")) == 1
ok(imap.select("Sent"))
ok(imap.store("1", "+FLAGS", "(\\Flagged)"))
assert len(flags(imap, "Important")) == 1, "nothing changed"
ok(imap.select("Sent"))
ok(imap.store("1", "-FLAGS", "(\\Flagged)"))
assert len(flags(imap, "Important")) == 1, "it was taken away"

# COPY: what the script files raises no event: INBOX names a script of its own, which stays silent.
script(imap, "INBOX", "loop")
ok(imap.select("Drafts"))
ok(imap.copy("1", "Sent"))
assert len(flags(imap, "INBOX")) == 1 and flags(imap, "INBOX")[0] == [], flags(imap, "INBOX")

# Flags that a script changes on a change of flags lead to no other run.
before = len(flags(imap, "Sent"))
ok(imap.select("INBOX"))
ok(imap.store("1", "+FLAGS", "(\\Flagged)"))
assert flags(imap, "INBOX") == [sorted(["\\Flagged", "\\Answered"])], flags(imap, "INBOX")
assert len(flags(imap, "Sent")) == before + 1

# A FETCH that sets \Seen is a change of flags.
ok(imap.select("INBOX"))
ok(imap.fetch("1", "(BODY[])"))
assert flags(imap, "INBOX") == [sorted(["\\Flagged", "\\Seen"])], flags(imap, "INBOX")

# A script that fails changes nothing, and the command succeeds.
script(imap, "Trash", "failing")
append(imap, "Trash", b"kept")
assert flags(imap, "Trash") == [[]], flags(imap, "Trash")

# No script of one account runs for another, nor does it touch another's mail.
stranger = connect(other, other_password)
append(stranger, "Sent", b"other")
assert flags(stranger, "Sent") == [[]], flags(stranger, "Sent")
assert flags(stranger, "INBOX") == [] and flags(stranger, "Important") == []
stranger.logout()
imap.logout()
print("done")
