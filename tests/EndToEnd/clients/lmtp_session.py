"""Hands messages over with Python's smtplib.LMTP: lmtp_session.py LMTP USER OTHER FULL."""
import smtplib
import sys

from common import HOST, refused

port = int(sys.argv[1])
user, other, full = sys.argv[2:]
TEXT = b"From: a@example.org\r\nSubject: lmtp\r\n\r\nhello\r\n" + b"x" * 4000 + b"\r\n"

server = smtplib.LMTP(HOST, port, timeout=120)
server.ehlo()
assert server.has_extn("pipelining") and not server.has_extn("auth"), server.esmtp_features
refused(smtplib.SMTPRecipientsRefused, server.sendmail, "a@example.org", ["nobody@example.test"], TEXT)
refused(smtplib.SMTPRecipientsRefused, server.sendmail, "a@example.org", ["x@elsewhere.example"], TEXT)  # no relay

# Each recipient has an answer: the one that is full does not spoil the others.
server.mail("a@example.org")
for to in (user, full, other, user):
    assert server.rcpt(to)[0] == 250, to
server.putcmd("data")
assert server.getreply()[0] == 354
server.send(TEXT + b".\r\n")
codes = [server.getreply()[0] for _ in range(4)]
assert codes == [250, 552, 250, 250], codes
server.quit()
