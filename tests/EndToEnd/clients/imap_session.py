"""A mailbox with Python's imaplib: imap_session.py IMAP IMAP-TLS USER PASSWORD."""
import imaplib
import re
import sys
import time

from common import HOST, Scram, refused, tls

starttls_port, tls_port = map(int, sys.argv[1:3])
user, password = sys.argv[3:]


def connect():
    return imaplib.IMAP4_SSL(HOST, tls_port, ssl_context=tls(), timeout=120)


def ok(result):
    status, data = result
    assert status == "OK", (status, data)
    return data


def message(number):
    return (b"From: a@example.org\r\nTo: %s\r\nSubject: number %d\r\nMessage-ID: <%d@example.org>\r\n\r\nbody %d\r\n"
            % (user.encode(), number, number, number))


# Signing in, each way
plain = imaplib.IMAP4(HOST, starttls_port, timeout=120)
assert "LOGINDISABLED" in plain.capabilities, plain.capabilities
refused(imaplib.IMAP4.error, plain.login, user, password)
plain.starttls(tls())
assert "LOGINDISABLED" not in plain.capabilities, plain.capabilities
refused(imaplib.IMAP4.error, plain.login, user, "wrong")
ok(plain.login(user, password))
ok(plain.select("INBOX"))
plain.logout()

imap = connect()
scram = Scram(user, password)
ok(imap.authenticate("SCRAM-SHA-256", lambda challenge: scram.respond(challenge).encode()))
assert scram.verified
ok(imap.namespace())

# Folders
listed = ok(imap.list())
assert any(b'\\Sent' in line for line in listed), listed
ok(imap.create("Work/Projects"))
ok(imap.subscribe("Work/Projects"))
assert any(b"Work/Projects" in line for line in ok(imap.list('""', "*")))
assert any(b"Work/Projects" in line for line in ok(imap.lsub('""', "*")))
assert imap.create("Work/Projects")[0] == "NO"
ok(imap.rename("Work/Projects", "Work/Done"))
assert imap.select("Work/Projects")[0] == "NO"

# APPEND, FETCH
for number in range(1, 6):
    ok(imap.append("INBOX", r"(\Flagged)" if number == 2 else None, imaplib.Time2Internaldate(1700000000), message(number)))
assert ok(imap.select("INBOX")) == [b"5"]
fetched = ok(imap.fetch("1:*", "(UID FLAGS INTERNALDATE RFC822.SIZE BODY.PEEK[])"))
parts = [part for part in fetched if isinstance(part, tuple)]
assert [part[1] for part in parts] == [message(number) for number in range(1, 6)], parts
assert all(b"14-Nov-2023" in part[0] for part in parts), parts
assert all(b"RFC822.SIZE %d" % len(part[1]) in part[0] for part in parts), parts
uids = [int(re.search(rb"UID (\d+)", part[0]).group(1)) for part in parts]
assert uids == sorted(set(uids)), uids
header = ok(imap.fetch("3", "(ENVELOPE BODYSTRUCTURE BODY.PEEK[HEADER.FIELDS (SUBJECT)] BODY.PEEK[TEXT]<0.4>)"))
assert b"Subject: number 3\r\n\r\n" in [part[1] for part in header if isinstance(part, tuple)], header
assert b"body" in [part[1] for part in header if isinstance(part, tuple)], header

# Flags
assert b"\\Flagged" in ok(imap.fetch("2", "(FLAGS)"))[0]
assert b"\\Seen" not in ok(imap.fetch("1", "(FLAGS)"))[0]
ok(imap.fetch("1", "(BODY[])"))
assert b"\\Seen" in ok(imap.fetch("1", "(FLAGS)"))[0]
ok(imap.store("1", "-FLAGS", r"(\Seen)"))
ok(imap.store("1:2", "+FLAGS", r"(\Answered $Work)"))
flags = ok(imap.fetch("2", "(FLAGS)"))[0]
assert b"\\Answered" in flags and b"$Work" in flags and b"\\Flagged" in flags, flags
ok(imap.store("2", "FLAGS.SILENT", r"(\Draft)"))
assert b"(\\Draft)" in ok(imap.fetch("2", "(FLAGS)"))[0].replace(b" \\Recent", b"").replace(b"\\Recent ", b"")

# SEARCH
assert ok(imap.search(None, "ALL")) == [b"1 2 3 4 5"]
assert ok(imap.search(None, "SUBJECT", '"NUMBER 4"')) == [b"4"]
found = ok(imap.search(None, "HEADER", "Message-ID", "<5@example.org>"))
assert found == [b"5"], found
assert ok(imap.search(None, "BODY", '"body 3"')) == [b"3"]
assert ok(imap.search(None, "OR", "DRAFT", "ANSWERED")) == [b"1 2"]
assert ok(imap.search(None, "NOT", "KEYWORD", "$Work", "SINCE", "1-Jan-2020")) == [b"2 3 4 5"]
assert ok(imap.search(None, "BEFORE", "1-Jan-2020")) == [b""]
assert ok(imap.uid("SEARCH", "UID", "%d:*" % uids[3])) == [b"%d %d" % (uids[3], uids[4])]

# COPY, MOVE, EXPUNGE
ok(imap.copy("1:2", "Archive"))
ok(imap.uid("MOVE", str(uids[4]), "Work/Done"))
assert b"(MESSAGES 1)" in ok(imap.status("Work/Done", "(MESSAGES)"))[0]
assert b"(MESSAGES 2)" in ok(imap.status("Archive", "(MESSAGES)"))[0]
assert ok(imap.search(None, "ALL")) == [b"1 2 3 4"]
ok(imap.store("1,3", "+FLAGS", r"(\Deleted)"))
ok(imap.uid("EXPUNGE", str(uids[0])))
assert ok(imap.search(None, "ALL")) == [b"1 2 3"]
assert ok(imap.expunge())[-1:] == [b"2"]
left = [part[1] for part in ok(imap.fetch("1:*", "(BODY.PEEK[])")) if isinstance(part, tuple)]
assert left == [message(2), message(4)], left
assert imap.copy("1", "Nowhere")[0] == "NO"

# IDLE (RFC 2177): another session's message and flags are told at once
tag = imap._new_tag()
imap.send(tag + b" IDLE\r\n")
assert imap.readline().startswith(b"+")
other = connect()
ok(other.login(user, password))
started = time.monotonic()
ok(other.append("INBOX", None, None, message(6)))
line = imap.readline()
assert re.match(rb"\* 3 EXISTS", line), line
assert time.monotonic() - started < 5
ok(other.select("INBOX"))
ok(other.store("1", "+FLAGS", r"(\Flagged)"))
while b"FETCH" not in line:
    line = imap.readline()
assert b"* 1 FETCH" in line and b"\\Flagged" in line, line
ok(other.store("2", "+FLAGS", r"(\Deleted)"))
ok(other.expunge())
while b"EXPUNGE" not in line:
    line = imap.readline()
assert line == b"* 2 EXPUNGE\r\n", line
imap.send(b"DONE\r\n")
while not line.startswith(tag):
    line = imap.readline()
assert line.startswith(tag + b" OK"), line
other.logout()

# A read-only selection changes nothing
assert imap.select("INBOX", readonly=True)[0] == "OK"
assert imap.store("1", "+FLAGS", r"(\Deleted)")[0] == "NO"
imap.close()
ok(imap.delete("Work/Done"))
assert imap.logout()[0] == "BYE"
