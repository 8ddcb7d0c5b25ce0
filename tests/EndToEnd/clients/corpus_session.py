"""Carries messages through a server and compares: corpus_session.py CORPORA SMTP IMAP-TLS POP3-TLS USER PASSWORD.

Over SMTP a message comes back unaltered below the trace fields that the server puts on top (by IMAP and by POP3), and by
APPEND octet for octet. Messages in files have bare LF; SMTP carries them with CRLF.
"""
import glob
import imaplib
import mailbox
import os
import poplib
import re
import smtplib
import sys

from common import HOST, tls

poplib._MAXLINE = 1 << 24
imaplib._MAXLINE = 1 << 24
corpora = sys.argv[1]
smtp_port, imap_port, pop3_port = map(int, sys.argv[2:5])
user, password = sys.argv[5:]


def crlf(octets):
    return re.sub(rb"\r?\n|\r", b"\r\n", octets)


def messages():
    for path in sorted(glob.glob(corpora + "/messages/*") + glob.glob(corpora + "/dkim/*.msg")):
        yield os.path.basename(path), open(path, "rb").read()
    for path in sorted(glob.glob(corpora + "/*.mbox.txt")):
        box = mailbox.mbox(path, create=False)
        for key in box.keys():
            yield "%s %s" % (os.path.basename(path), key), box.get_bytes(key)


def same(name, got, sent, exact):
    if exact:
        assert got == sent, (name, len(got), len(sent), first_difference(got, sent))
        return
    trace, below = got[:len(got) - len(sent)], got[len(got) - len(sent):]
    assert below == sent, (name, len(got), len(sent), first_difference(below, sent))
    assert trace.startswith(b"Return-Path: <sender@example.org>\r\n") and b"Received: from " in trace, (name, trace)
    if not re.match(rb"[!-9;-~]+[ \t]*:|\r\n|>?From ", sent):
        assert trace.endswith(b"\r\n\r\n"), (name, "what begins with no header field is a body", trace)
        trace = trace[:-2]
    assert trace.endswith(b"\r\n") and b"\r\n\r\n" not in trace, (name, trace)


def first_difference(left, right):
    at = next((i for i, (a, b) in enumerate(zip(left, right)) if a != b), min(len(left), len(right)))
    return at, left[max(0, at - 40):at + 40], right[max(0, at - 40):at + 40]


everything = list(messages())
assert len(everything) > 40, len(everything)
wire = []
smtp = smtplib.SMTP(HOST, smtp_port, timeout=120)
smtp.ehlo()
for name, octets in everything:
    octets = crlf(octets)
    octets = octets if octets.endswith(b"\r\n") else octets + b"\r\n"
    options = ["BODY=8BITMIME"] if any(octet > 127 for octet in octets) else []
    try:
        assert smtp.sendmail("sender@example.org", user, octets, options) == {}
    except smtplib.SMTPException as e:
        raise AssertionError("%s: %s" % (name, e))
    wire.append((name, octets))
smtp.quit()

imap = imaplib.IMAP4_SSL(HOST, imap_port, ssl_context=tls(), timeout=120)
imap.login(user, password)
assert imap.select("INBOX")[1] == [b"%d" % len(wire)]
for number, (name, sent) in enumerate(wire, 1):
    status, data = imap.fetch(str(number), "(RFC822.SIZE BODY.PEEK[])")
    assert status == "OK" and b"RFC822.SIZE %d" % len(data[0][1]) in data[0][0], (name, data[0][0])
    same("IMAP " + name, data[0][1], sent, exact=False)
    status, data = imap.fetch(str(number), "(ENVELOPE BODYSTRUCTURE)")
    assert status == "OK", (name, data)

pop = poplib.POP3_SSL(HOST, pop3_port, context=tls(), timeout=120)
pop.user(user)
pop.pass_(password)
assert pop.stat()[0] == len(wire)
for number, (name, sent) in enumerate(wire, 1):
    same("POP3 " + name, b"".join(line + b"\r\n" for line in pop.retr(number)[1]), sent, exact=False)
pop.quit()

# imaplib's own append mends line ends; the octets must reach the server as they are.
imap.create("Exact")
for name, octets in everything:
    tag = imap._new_tag()
    imap.send(tag + b" APPEND Exact {%d}\r\n" % len(octets))
    line = imap.readline()
    assert line.startswith(b"+"), (name, line)
    imap.send(octets + b"\r\n")
    while not line.startswith(tag):
        line = imap.readline()
    assert line.startswith(tag + b" OK"), (name, line)
assert imap.select("Exact")[1] == [b"%d" % len(everything)]
for number, (name, octets) in enumerate(everything, 1):
    status, data = imap.fetch(str(number), "(BODY.PEEK[])")
    same("APPEND " + name, data[0][1], octets, exact=True)
imap.logout()
print(len(everything))
