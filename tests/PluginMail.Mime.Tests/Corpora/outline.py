"""Prints what Python's email package reads from each message named on the command line, as one JSON object a line."""
import email, email.header, email.policy, email.utils, json, sys


def walk(part):
    yield part.get_content_type()
    kind = part.get_content_type()
    if part.is_multipart() and (kind.startswith("multipart/") or kind in ("message/rfc822", "message/global")):
        for child in part.get_payload():
            yield from walk(child)


def decoded(value):
    return None if value is None else str(email.header.make_header(email.header.decode_header(str(value).replace("\n", ""))))


def outline(path):
    with open(path, "rb") as file:
        message = email.message_from_binary_file(file, policy=email.policy.compat32)

    def addresses(name):
        return [address for _, address in email.utils.getaddresses([str(v) for v in message.get_all(name, [])]) if address]

    return {
        "types": list(walk(message)), "subject": decoded(message["Subject"]),
        "from": addresses("From"), "to": addresses("To"), "cc": addresses("Cc")}


for path in sys.argv[1:]:
    try:
        print(json.dumps(outline(path)))
    except RecursionError:
        print("null")
