"""The SMTP side: takes any message for anyone and keeps it."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiosmtpd.smtp import SMTP, Envelope, Session
from litestar import Litestar

from app.sandbox.inbox.mailbox import Mailbox
from app.sandbox.process import HOST
from app.sandbox.web import Lifespan

MOST_BYTES = 30 * 1024 * 1024


class Keeper:
    """aiosmtpd's handler: called with each complete message."""

    def __init__(self, mailbox: Mailbox) -> None:
        self.mailbox = mailbox

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        content = envelope.content
        raw = content.encode() if isinstance(content, str) else bytes(content or b"")
        self.mailbox.add(raw, envelope.mail_from or "", envelope.rcpt_tos, datetime.now(UTC))
        return "250 kept"


def receiving(mailbox: Mailbox, port: int) -> Lifespan:
    """A lifespan that listens for SMTP on `port` beside the web pages."""

    @asynccontextmanager
    async def listen(_app: Litestar) -> AsyncGenerator[None, None]:
        loop = asyncio.get_running_loop()

        def protocol() -> SMTP:
            return SMTP(
                Keeper(mailbox),
                data_size_limit=MOST_BYTES,
                enable_SMTPUTF8=True,
                hostname="inbox.localhost",
                loop=loop,
            )

        server = await loop.create_server(protocol, HOST, port)
        try:
            yield
        finally:
            server.close()

    return listen
