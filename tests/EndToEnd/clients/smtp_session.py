"""Sends with Python's smtplib: smtp_session.py SMTP SUBMISSION SUBMISSION-TLS USER PASSWORD OTHER."""
import smtplib
import sys

from common import HOST, Scram, refused, tls

smtp_port, submission_port, tls_port = map(int, sys.argv[1:4])
user, password, other = sys.argv[4:]
TEXT = b"From: %s\r\nTo: %s\r\nSubject: smtplib\r\n\r\n.a line with a dot\r\n..two\r\n.\r\nlast\r\n" % (user.encode(), other.encode())


def submission():
    server = smtplib.SMTP(HOST, submission_port, timeout=120)
    server.ehlo()
    assert server.esmtp_features.get("auth", "").split() in ([], ["SCRAM-SHA-256"]), "no mechanism that shows the password"
    server.user, server.password = user, password
    refused(smtplib.SMTPException, server.auth, "PLAIN", server.auth_plain)
    refused(smtplib.SMTPException, server.auth, "LOGIN", server.auth_login)
    server.starttls(context=tls())
    server.ehlo()
    assert server.has_extn("auth"), server.esmtp_features
    return server


for mechanism in ("PLAIN", "LOGIN"):
    server = submission()
    server.user, server.password = user, password
    assert mechanism in server.esmtp_features["auth"].split(), server.esmtp_features
    method = server.auth_plain if mechanism == "PLAIN" else server.auth_login
    assert server.auth(mechanism, method)[0] == 235
    assert server.sendmail(user, [other, user], TEXT) == {}
    server.quit()

server = submission()
scram = Scram(user, password)
assert server.auth("SCRAM-SHA-256", scram.respond)[0] == 235
assert scram.verified
assert server.sendmail(user, other, TEXT, ["BODY=8BITMIME"]) == {}
error = refused(smtplib.SMTPSenderRefused, server.sendmail, other, user, TEXT)
assert error.smtp_code == 553 and error.smtp_error.startswith(b"5.7.1"), error
server.rset()
some = server.sendmail(user, [other, "nobody@example.test"], TEXT)
assert list(some) == ["nobody@example.test"] and some["nobody@example.test"][0] == 550, some
server.quit()

server = submission()
wrong = Scram(user, "not " + password)
error = refused(smtplib.SMTPAuthenticationError, server.auth, "SCRAM-SHA-256", wrong.respond)
assert error.smtp_code == 535, error
error = refused(smtplib.SMTPAuthenticationError, server.login, user, "not " + password)
assert error.smtp_code == 535, error
server.login(user, password)
server.quit()

with smtplib.SMTP_SSL(HOST, tls_port, context=tls(), timeout=120) as server:
    server.login(user, password)
    assert server.sendmail(user, other, TEXT) == {}

with smtplib.SMTP(HOST, smtp_port, timeout=120) as server:
    server.ehlo()
    assert not server.has_extn("auth"), server.esmtp_features
    error = refused(smtplib.SMTPRecipientsRefused, server.sendmail, "stranger@example.org", "nobody@example.test", TEXT)
    assert error.recipients["nobody@example.test"][0] == 550, error
    assert server.sendmail("stranger@example.org", other, TEXT) == {}
    assert server.verify(other)[0] == 252
    assert server.noop()[0] == 250
    limit = int(server.esmtp_features["size"])
    assert server.docmd("MAIL FROM:<stranger@example.org> SIZE=%d" % (limit + 1))[0] == 552
