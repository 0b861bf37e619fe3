"""Reads a mail from standard input as Python's own parser does, and checks its DKIM signature with dkimpy.

argv[1]: the DNS record of the key. Prints one JSON object.
"""
import email
import email.policy
import json
import sys

import dkim

raw = sys.stdin.buffer.read()
record = sys.argv[1].encode()
asked = []


def look_up(name, timeout=5):
    asked.append(name.decode() if isinstance(name, bytes) else name)
    return record


mail = email.message_from_bytes(raw, policy=email.policy.default)
signature = mail["DKIM-Signature"] or ""
fields = dict(part.strip().split("=", 1) for part in "".join(signature.split()).split(";") if "=" in part)
print(
    json.dumps(
        {
            "verified": dkim.verify(raw, dnsfunc=look_up) if signature else None,
            "asked": asked,
            "signed": fields.get("h", "").lower().split(":"),
            "subject": mail["Subject"],
            "from": [str(mail["From"].addresses[0].display_name), mail["From"].addresses[0].addr_spec],
            "replyTo": mail["Reply-To"].addresses[0].addr_spec,
            "to": mail["To"].addresses[0].addr_spec,
            "messageId": mail["Message-ID"],
            "listUnsubscribe": mail["List-Unsubscribe"],
            "listUnsubscribePost": mail["List-Unsubscribe-Post"],
            "feedbackId": mail["Feedback-ID"],
            "text": mail.get_body(("plain",)).get_content().strip().replace("\r\n", "\n"),
            "html": mail.get_body(("html",)).get_content().strip(),
            "defects": [str(defect) for part in mail.walk() for defect in part.defects],
            "longestLine": max(len(line) for line in raw.split(b"\r\n")),
        }
    )
)
