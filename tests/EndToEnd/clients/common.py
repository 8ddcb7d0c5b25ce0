"""What the client scripts share: TLS without a check of the certificate, and SCRAM-SHA-256 (RFC 5802, RFC 7677), which Python's clients lack."""
import base64
import hashlib
import hmac
import os
import ssl

HOST = "127.0.0.1"


def tls():
    context = ssl.create_default_context()
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


class Scram:
    """One sign-in; respond() takes the server's messages as they come, None or empty first."""

    def __init__(self, user, password):
        self.password = password.encode()
        self.bare = "n=%s,r=%s" % (user, base64.b64encode(os.urandom(12)).decode())
        self.signature = None
        self.verified = False

    def respond(self, challenge=None):
        if not challenge:
            return "n,," + self.bare
        if self.signature is None:
            return self.prove(challenge.decode())
        assert challenge == b"v=" + base64.b64encode(self.signature), challenge
        self.verified = True
        return ""

    def prove(self, first):
        nonce, salt, rounds = (attribute[2:] for attribute in first.split(","))
        without = "c=biws,r=" + nonce
        salted = hashlib.pbkdf2_hmac("sha256", self.password, base64.b64decode(salt), int(rounds))
        message = ("%s,%s,%s" % (self.bare, first, without)).encode()
        mac = lambda key, data: hmac.new(key, data, "sha256").digest()
        key = mac(salted, b"Client Key")
        self.signature = mac(mac(salted, b"Server Key"), message)
        proof = bytes(a ^ b for a, b in zip(key, mac(hashlib.sha256(key).digest(), message)))
        return without + ",p=" + base64.b64encode(proof).decode()


def refused(error, call, *arguments):
    """The call must raise this error; gives the error."""
    try:
        result = call(*arguments)
    except error as e:
        return e
    raise AssertionError("taken: %s%r -> %r" % (call.__name__, arguments, result))
