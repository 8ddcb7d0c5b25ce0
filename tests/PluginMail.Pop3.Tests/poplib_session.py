"""A session of Python's poplib with a server: poplib_session.py plain|stls|implicit PORT. Exits with 1 and says why where something is wrong."""
import base64, hashlib, hmac, os, poplib, ssl, sys

poplib._MAXLINE = 1 << 20
mode, port = sys.argv[1], int(sys.argv[2])
context = ssl.create_default_context()
context.check_hostname = False
context.verify_mode = ssl.CERT_NONE


def connect():
    if mode == "implicit":
        return poplib.POP3_SSL("127.0.0.1", port, context=context, timeout=20)
    pop = poplib.POP3("127.0.0.1", port, timeout=20)
    if mode == "stls":
        assert "STLS" in pop.capa(), pop.capa()
        pop.stls(context)
    return pop


def scram(pop):
    """SCRAM-SHA-256, with channel binding under TLS (RFC 5802, RFC 5929)."""
    plus = mode != "plain"
    header = "p=tls-server-end-point,," if plus else "n,,"
    bound = hashlib.sha256(pop.sock.getpeercert(True)).digest() if plus else b""
    bare = "n=u,r=" + base64.b64encode(os.urandom(12)).decode()
    encode = lambda text: base64.b64encode(text.encode()).decode()
    reply = pop._shortcmd("AUTH SCRAM-SHA-256%s %s" % ("-PLUS" if plus else "", encode(header + bare)))
    first = base64.b64decode(reply[2:]).decode()
    nonce, salt, rounds = (a[2:] for a in first.split(","))
    without = "c=%s,r=%s" % (base64.b64encode(header.encode() + bound).decode(), nonce)
    salted = hashlib.pbkdf2_hmac("sha256", b"a secret", base64.b64decode(salt), int(rounds))
    mac = lambda key, data: hmac.new(key, data, "sha256").digest()
    message = ("%s,%s,%s" % (bare, first, without)).encode()
    key = mac(salted, b"Client Key")
    proof = bytes(a ^ b for a, b in zip(key, mac(hashlib.sha256(key).digest(), message)))
    reply = pop._shortcmd(encode(without + ",p=" + base64.b64encode(proof).decode()))
    assert base64.b64decode(reply[2:]) == b"v=" + base64.b64encode(mac(mac(salted, b"Server Key"), message)), reply
    return pop._shortcmd("")


# poplib takes only +OK for a reply; SASL's challenges begin with a plus alone.
def response(self):
    line, octets = self._getline()
    if line.startswith(b"+ "):
        return line
    if not line.startswith(b"+OK"):
        raise poplib.error_proto(line)
    return line
poplib.POP3._getresp = response

pop = connect()
assert b"+OK" in pop.getwelcome()
try:
    pop.user("u"), pop.pass_("wrong")
    raise SystemExit("a wrong password was taken")
except poplib.error_proto as e:
    assert b"[AUTH]" in e.args[0], e
pop.user("u@example.test")
pop.pass_("a secret")
count, octets = pop.stat()
listed = [tuple(map(int, line.split())) for line in pop.list()[1]]
assert len(listed) == count and sum(size for _, size in listed) == octets, (listed, count, octets)
ids = [line.split()[1] for line in pop.uidl()[1]]
assert len(set(ids)) == count, ids
for number, size in listed:
    lines = pop.retr(number)[1]
    assert sum(len(line) + 2 for line in lines) == size, (number, size)
    top = pop.top(number, 0)[1]
    assert top == lines[:len(top)], number
pop.dele(1)
pop.quit()

pop = connect()
scram(pop)
assert pop.stat()[0] == count - 1
assert [line.split()[1] for line in pop.uidl()[1]] == ids[1:]
pop.close()

pop = connect()
pop.user("u")
pop.pass_("a secret")
assert pop.stat()[0] == count - 1
pop.quit()
print("ok", count)
