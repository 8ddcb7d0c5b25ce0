"""A maildrop with Python's poplib: pop3_session.py POP3 POP3-TLS USER PASSWORD COUNT. The maildrop holds COUNT messages."""
import poplib
import sys

from common import HOST, refused, tls

starttls_port, tls_port = map(int, sys.argv[1:3])
user, password, expected = sys.argv[3], sys.argv[4], int(sys.argv[5])


def connect(way):
    if way == "TLS":
        return poplib.POP3_SSL(HOST, tls_port, context=tls(), timeout=120)
    pop = poplib.POP3(HOST, starttls_port, timeout=120)
    if way == "STLS":
        assert "STLS" in pop.capa(), pop.capa()
        pop.stls(tls())
    return pop


pop = connect("plain")
assert "USER" not in pop.capa(), pop.capa()
refused(poplib.error_proto, pop.user, user)
pop.close()

pop = connect("STLS")
pop.user(user)
error = refused(poplib.error_proto, pop.pass_, "wrong")
assert b"[AUTH]" in error.args[0], error
pop.close()

seen = None
for way in ("STLS", "TLS"):
    pop = connect(way)
    pop.user(user)
    pop.pass_(password)
    count, octets = pop.stat()
    assert count == expected, count
    sizes = [tuple(map(int, line.split())) for line in pop.list()[1]]
    assert sum(size for _, size in sizes) == octets, (sizes, octets)
    ids = [line.split()[1] for line in pop.uidl()[1]]
    assert len(set(ids)) == count and seen in (None, ids), ids
    seen = ids
    assert pop.uidl(2).split()[2] == ids[1]
    for number, size in sizes:
        lines = pop.retr(number)[1]
        assert sum(len(line) + 2 for line in lines) == size, (number, size)
        header = lines.index(b"")
        assert pop.top(number, 0)[1] == lines[:header + 1], number
        assert pop.top(number, 1)[1] == lines[:header + 2], number
    refused(poplib.error_proto, pop.retr, count + 1)
    pop.dele(1)
    refused(poplib.error_proto, pop.retr, 1)
    pop.rset()
    pop.retr(1)
    pop.quit()

pop = connect("TLS")
pop.user(user)
pop.pass_(password)
pop.dele(2)
pop.quit()

pop = connect("STLS")
pop.user(user)
pop.pass_(password)
assert [line.split()[1] for line in pop.uidl()[1]] == seen[:1] + seen[2:]
pop.dele(1)
pop.close()

pop = connect("STLS")
pop.user(user)
pop.pass_(password)
assert pop.stat()[0] == expected - 1, "a session that was cut off deletes nothing"
pop.quit()
