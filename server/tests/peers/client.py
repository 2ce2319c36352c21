"""A customer's mail program on Python's own libraries, so that no code of Recado's reads what Recado wrote.

read IMAP_PORT USER COUNT DNS_PORT: waits for so many mails in a mailbox, prints the newest one as JSON, with what dkimpy says of it.
send SMTP_PORT FROM TO [DOMAIN SELECTOR KEY_FILE]: sends standard input as it is, signed by dkimpy when a key is named.
"""

import email
import email.policy
import imaplib
import json
import smtplib
import sys
import time

import dkim
import dns.resolver

PASSWORD = "right"


def asker(port):
    resolver = dns.resolver.Resolver(configure=False)
    resolver.nameservers, resolver.port = ["127.0.0.1"], int(port)

    def ask(name, timeout=5):
        try:
            answer = resolver.resolve(name.decode().rstrip("."), "TXT", lifetime=timeout)
        except dns.resolver.NXDOMAIN:
            return None
        return b"".join(answer[0].strings)

    return ask


def newest(port, user, count):
    for _ in range(100):
        line = imaplib.IMAP4("127.0.0.1", int(port))
        line.login(user, PASSWORD)
        line.select("INBOX", readonly=True)
        numbers = line.uid("search", "ALL")[1][0].split()
        if len(numbers) >= int(count):
            raw = line.uid("fetch", numbers[-1], "(BODY.PEEK[])")[1][0][1]
            line.logout()
            return raw
        line.logout()
        time.sleep(0.1)
    sys.exit(f"{len(numbers)} mails in the mailbox of {user}, not {count}")


def read(port, user, count, dns_port):
    raw = newest(port, user, count)
    mail = email.message_from_bytes(raw, policy=email.policy.default)
    part = lambda kind: mail.get_body((kind,)).get_content()
    # the mailbox keeps lines as Unix does; they were signed as they went over the wire
    wire = raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
    print(
        json.dumps(
            {
                "dkim": dkim.verify(wire, dnsfunc=asker(dns_port)),
                "message_id": mail["Message-ID"],
                "in_reply_to": mail["In-Reply-To"] or "",
                "references": " ".join((mail["References"] or "").split()),
                "subject": mail["Subject"],
                "from": str(mail["From"]),
                "reply_to": mail["Reply-To"].addresses[0].addr_spec,
                "to": str(mail["To"]),
                "return_path": mail["Return-Path"].strip("<>"),
                "text": part("plain"),
                "html": part("html"),
            }
        )
    )


def send(port, sender, recipient, domain=None, selector=None, key=None):
    raw = sys.stdin.buffer.read()
    if domain:
        with open(key, "rb") as file:
            raw = dkim.sign(raw, selector.encode(), domain.encode(), file.read()) + raw
    with smtplib.SMTP("127.0.0.1", int(port)) as line:
        line.ehlo()
        line.sendmail(sender, [recipient], raw, mail_options=["BODY=8BITMIME"])


{"read": read, "send": send}[sys.argv[1]](*sys.argv[2:])
