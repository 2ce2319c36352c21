"""The other side of mails whose addresses have letters beyond ASCII, on programs of others.

relay yes|no: an SMTP server (aiosmtpd) that offers SMTPUTF8 or does not; prints its port, then one JSON line per letter.
send PORT FROM TO: sends standard input with smtplib, which asks for SMTPUTF8.
"""

import asyncio
import base64
import email
import email.policy
import json
import smtplib
import sys

from aiosmtpd.smtp import SMTP


class Keep:
    async def handle_DATA(self, server, session, envelope):
        # headers as UTF-8, which the parser of bytes does not read them as
        mail = email.message_from_string(envelope.original_content.decode(), policy=email.policy.SMTPUTF8)
        said = {"to": envelope.rcpt_tos, "utf8": envelope.smtp_utf8, "header": [one.addr_spec for one in mail["To"].addresses]}
        said["raw"] = base64.b64encode(envelope.original_content).decode()
        print(json.dumps(said), flush=True)
        return "250 2.0.0 kept"


async def relay(offers):
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keep(), enable_SMTPUTF8=offers == "yes", loop=loop), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    # ends with whoever started it
    await loop.run_in_executor(None, sys.stdin.read)


def send(port, sender, recipient):
    with smtplib.SMTP("127.0.0.1", int(port)) as line:
        line.ehlo("there.example")
        line.sendmail(sender, [recipient], sys.stdin.buffer.read(), mail_options=["SMTPUTF8", "BODY=8BITMIME"])


if sys.argv[1] == "relay":
    asyncio.run(relay(sys.argv[2]))
else:
    send(*sys.argv[2:])
