"""Python's imaplib against the server: usage: imaplib_run.py PORT [CERTIFICATE]. Prints ok, or what went wrong."""
import imaplib, re, ssl, sys

def main():
    c = imaplib.IMAP4("127.0.0.1", int(sys.argv[1]))
    assert "STARTTLS" in c.capabilities and "LOGINDISABLED" in c.capabilities, c.capabilities
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    c.starttls(context)
    assert "AUTH=PLAIN" in c.capabilities and "STARTTLS" not in c.capabilities, c.capabilities
    assert c.authenticate("PLAIN", lambda _: b"\0anna\0secret")[0] == "OK"
    assert c.create('"Some Folder"')[0] == "OK"
    assert c.subscribe('"Some Folder"')[0] == "OK"
    assert any(b"Some Folder" in x for x in c.list()[1]), c.list()
    assert any(b"Some Folder" in x for x in c.lsub()[1])
    big = b"Subject: big\r\n\r\n" + b"0123456789abcdef" * 4 * 16384 + b"\r\n"
    for i in range(5):
        assert c.append("INBOX", "(\\Flagged)", imaplib.Time2Internaldate(1700000000 + i), b"Subject: m%d\r\n\r\nbody %d\r\n" % (i, i))[0] == "OK"
    assert c.append("INBOX", None, None, big)[0] == "OK"
    assert c.select("INBOX") == ("OK", [b"6"])
    assert c.search(None, "FLAGGED", "SUBJECT", '"m3"') == ("OK", [b"4"])
    kind, data = c.fetch("6", "(BODY.PEEK[] UID)")
    assert kind == "OK" and data[0][1] == big, len(data[0][1])
    assert c.store("1:2", "+FLAGS", "(\\Deleted)")[0] == "OK"
    assert c.copy("1,3:4", '"Some Folder"')[0] == "OK"
    assert c.expunge() == ("OK", [b"2", b"1"]) or c.response("EXPUNGE"), "expunge"
    assert c.uid("SEARCH", None, "ALL") == ("OK", [b"3 4 5 6"])
    assert c.status('"Some Folder"', "(MESSAGES UNSEEN)")[1] == [b'"Some Folder" (MESSAGES 3 UNSEEN 3)']
    assert c.namespace()[0] == "OK"
    assert c.rename('"Some Folder"', "Other")[0] == "OK" and c.delete("Other")[0] == "OK"
    assert c.close()[0] == "OK"
    assert c.logout()[0] == "BYE"
    print("ok")

main()
