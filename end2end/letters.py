"""A real SMTP server that keeps every letter: prints its port, then one JSON line per letter.

It is told, a line each on its input: `refuse ADDRESS`, `take ADDRESS`.
"""

import asyncio
import base64
import json
import sys

from aiosmtpd.smtp import SMTP

refused = set()


class Keep:
    async def handle_RCPT(self, server, session, envelope, address, options):
        if address in refused:
            return "550 5.1.1 There is nobody of this name here"
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 known"

    async def handle_DATA(self, server, session, envelope):
        line = {"from": envelope.mail_from, "to": envelope.rcpt_tos, "raw": base64.b64encode(envelope.original_content).decode()}
        print(json.dumps(line), flush=True)
        return "250 2.0.0 kept"


def listen():
    for line in sys.stdin:
        verb, address = line.split()
        (refused.add if verb == "refuse" else refused.discard)(address)


async def main():
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(Keep(), enable_SMTPUTF8=True, loop=loop), "127.0.0.1", 0)
    print(json.dumps({"port": server.sockets[0].getsockname()[1]}), flush=True)
    # ends with whoever started it
    await loop.run_in_executor(None, listen)


asyncio.run(main())
