"""Annotations (RFC 5464) with Python's imaplib, which lends a hand with connection and literals: metadata_session.py PORT USER PASSWORD.

Nothing here is of one server: Debian's Dovecot passes it too."""
import imaplib
import re
import sys

from common import HOST, tls

imaplib.Commands.update(GETMETADATA=("AUTH", "SELECTED"), SETMETADATA=("AUTH", "SELECTED"))
TOKEN = re.compile(rb'"((?:[^"\\]|\\.)*)"|([()])|([^\s()"]+)')
LITERAL = re.compile(rb"~?\{\d+\}$")

imap = imaplib.IMAP4_SSL(HOST, int(sys.argv[1]), ssl_context=tls(), timeout=60)
assert imap.login(sys.argv[2], sys.argv[3])[0] == "OK"
assert "METADATA" in imap.capability()[1][0].decode().split(), imap.capability()


def tokens(data):
    for item in data:
        text = LITERAL.sub(b"", item[0]) if isinstance(item, tuple) else item
        for quoted, paren, atom in TOKEN.findall(text):
            yield atom if atom else paren if paren else re.sub(rb"\\(.)", rb"\1", quoted)
        if isinstance(item, tuple):
            yield item[1]


def told(data):
    """METADATA responses as {mailbox: {entry: value}}, None for NIL."""
    mailboxes = {}
    words = tokens([item for item in data if item != b"LONGENTRIES 22"])  # imaplib files response codes beside responses
    for mailbox in words:
        assert next(words) == b"("
        entries = mailboxes.setdefault(mailbox.decode(), {})
        while (entry := next(words)) != b")":
            value = next(words)
            entries[entry.decode()] = None if value == b"NIL" else value
    return mailboxes


def get(mailbox, entries, options=""):
    imap.untagged_responses.clear()
    status, text = imap._simple_command("GETMETADATA", *filter(None, (options, mailbox, entries)))
    return status, text[0], told(imap.untagged_responses.get("METADATA", []))


def put(mailbox, pairs):
    return imap._simple_command("SETMETADATA", mailbox, "(%s)" % pairs)


def put_literal(mailbox, entry, value, mark=b""):
    tag = imap._new_tag()
    imap.send(b"%s SETMETADATA %s (%s %s{%d+}\r\n%s)\r\n" % (tag, mailbox.encode(), entry.encode(), mark, len(value), value))
    return imap._command_complete("SETMETADATA", tag)


def is_(found, expected):
    assert found == expected, "%r instead of %r" % (found, expected)


# Set, read, overwritten, removed; what is not set is NIL
is_(get("INBOX", "/private/comment")[2], {"INBOX": {"/private/comment": None}})
is_(put("INBOX", '/private/comment "My own" /shared/comment "Ours" /private/vendor/x/a "1" /private/vendor/x/a/b "2" /private/vendor/x/a/b/c "3"')[0], "OK")
is_(get("INBOX", "(/private/comment /shared/comment /shared/none)")[2],
    {"INBOX": {"/private/comment": b"My own", "/shared/comment": b"Ours", "/shared/none": None}})
is_(put_literal("INBOX", "/shared/comment", "für alle\r\nzwei Zeilen".encode())[0], "OK")
is_(get("INBOX", "/shared/comment")[2], {"INBOX": {"/shared/comment": "für alle\r\nzwei Zeilen".encode()}})

# Trees and sizes
is_(get("INBOX", "/private/vendor/x/a", "(DEPTH 0)")[2], {"INBOX": {"/private/vendor/x/a": b"1"}})
is_(get("INBOX", "/private/vendor/x/a", "(DEPTH 1)")[2], {"INBOX": {"/private/vendor/x/a": b"1", "/private/vendor/x/a/b": b"2"}})
is_(get("INBOX", "(/private/vendor/x/a)", "(DEPTH infinity)")[2]["INBOX"]["/private/vendor/x/a/b/c"], b"3")
status, text, found = get("INBOX", "(/private/comment /shared/comment)", "(MAXSIZE 10)")
is_((status, found), ("OK", {"INBOX": {"/private/comment": b"My own"}}))
assert text.startswith(b"[METADATA LONGENTRIES 22] "), text

# Removed, and gone for good with the mailbox; kept by a rename
is_(put("INBOX", "/private/comment NIL")[0], "OK")
is_(get("INBOX", "/private/comment")[2], {"INBOX": {"/private/comment": None}})
is_(imap.create("One")[0], "OK")
is_(put("One", '/private/comment "stays"')[0], "OK")
is_(imap.rename("One", "Two")[0], "OK")
is_(get("Two", "/private/comment")[2], {"Two": {"/private/comment": b"stays"}})
is_(imap.delete("Two")[0], "OK")
is_(imap.create("Two")[0], "OK")
is_(get("Two", "/private/comment")[2], {"Two": {"/private/comment": None}})

# The server
is_(put('""', '/private/comment "mine"')[0], "OK")
is_(get('""', "/private/comment")[2], {"": {"/private/comment": b"mine"}})

# What cannot be
is_(get("None", "/private/comment")[0], "NO")
is_(put("None", '/private/comment "x"')[0], "NO")
for mailbox, name in (("INBOX", "/comment"), ("INBOX", "/private//x"), ("INBOX", "/private/x/")):
    try:
        result = put(mailbox, '%s "x"' % name)
        raise AssertionError("%s is taken: %r" % (name, result))
    except imaplib.IMAP4.error:
        pass
imap.logout()
