"""A policy service for Postfix (SMTPD_POLICY_README): puts each recipient whose name begins with "grey" off at the first contact."""
import os
import sys

folder = sys.argv[1]
request = {}
for line in sys.stdin:
    if line.strip():
        name, _, value = line.strip().partition("=")
        request[name] = value
        continue
    action = "DUNNO"
    recipient = request.get("recipient", "")
    if recipient.startswith("grey"):
        try:
            os.close(os.open(os.path.join(folder, recipient), os.O_CREAT | os.O_EXCL))
            action = "DEFER 4.7.1 Greylisted, try again"
        except FileExistsError:
            pass
    print("action=%s\n" % action, flush=True)
    request = {}
