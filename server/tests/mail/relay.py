"""A real relay that wants TLS and a password: prints its port, then one line for each password tried and each letter taken."""

import asyncio
import ssl
import sys

from aiosmtpd.smtp import SMTP, AuthResult


class Take:
    async def handle_DATA(self, server, session, envelope):
        print("letter", envelope.rcpt_tos[0], "secret" if session.ssl or server.transport.get_extra_info("sslcontext") else "clear", flush=True)
        return "250 2.0.0 Taken"


def check(server, session, envelope, mechanism, data):
    good = data.login == b"recado" and data.password == b"right"
    print("password", data.password.decode(), flush=True)
    return AuthResult(success=good, handled=good)


async def main():
    way, certificate, key = sys.argv[1:]
    tls = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    tls.load_cert_chain(certificate, key)
    options = {"starttls": {"tls_context": tls, "require_starttls": True}, "implicit": {"auth_require_tls": False}, "none": {"auth_require_tls": False}}[way]
    loop = asyncio.get_running_loop()

    def line():
        return SMTP(Take(), authenticator=check, auth_required=True, loop=loop, **options)

    server = await loop.create_server(line, "127.0.0.1", 0, ssl=tls if way == "implicit" else None)
    print(server.sockets[0].getsockname()[1], flush=True)
    # ends with whoever started it
    await loop.run_in_executor(None, sys.stdin.read)


asyncio.run(main())
