"""The mail adapter on a real SMTP server, and on one that refuses."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from email.message import EmailMessage

import pytest
from aiosmtpd.smtp import SMTP, Envelope

from app.core.settings import Settings, get_settings
from app.notifications.smtp import MailFailed, SmtpTransport
from tests.conftest import Inbox


def _message(to: str) -> EmailMessage:
    message = EmailMessage()
    message["From"], message["To"] = get_settings().mail_from, to
    message["Subject"] = "Grüße & more"
    message.set_content("Text with ümlauts.\n.\nand a lonely dot.")
    message.add_alternative("<p>HTML</p>", subtype="html")
    return message


def _settings(**changed: object) -> Settings:
    return get_settings().model_copy(update=changed)


class Refusing:
    """A server's handler that answers RCPT and DATA as it was told."""

    def __init__(self, rcpt: str = "250 ok", data: str = "250 ok") -> None:
        self.rcpt, self.data, self.received = rcpt, data, 0

    async def handle_RCPT(  # noqa: N802 (aiosmtpd's name)
        self, _server: object, _session: object, envelope: Envelope, address: str, _options: object
    ) -> str:
        if self.rcpt.startswith("250"):
            envelope.rcpt_tos.append(address)
        return self.rcpt

    async def handle_DATA(self, _server: object, _session: object, _envelope: Envelope) -> str:  # noqa: N802 (aiosmtpd's name)
        self.received += 1
        return self.data


@asynccontextmanager
async def serving(handler: Refusing) -> AsyncGenerator[SmtpTransport, None]:
    loop = asyncio.get_running_loop()
    server = await loop.create_server(
        lambda: SMTP(handler, hostname="test", loop=loop), "127.0.0.1", 0
    )
    try:
        yield SmtpTransport(
            _settings(smtp_host="127.0.0.1", smtp_port=server.sockets[0].getsockname()[1])
        )
    finally:
        server.close()


async def test_a_message_arrives_as_it_was_sent(inbox: Inbox) -> None:
    transport = SmtpTransport(get_settings())
    await transport.send(_message("contract@example.com"), "a@example.com", "contract@example.com")
    [mail] = await inbox("contract@example.com")
    assert mail["subject"] == "Grüße & more"
    assert "ümlauts.\n.\nand" in mail["text"].replace("\r\n", "\n")
    assert "<p>HTML</p>" in mail["html"]


async def test_an_address_beyond_ascii_arrives(inbox: Inbox) -> None:
    transport = SmtpTransport(get_settings())
    await transport.send(_message("jörg@example.com"), "a@example.com", "jörg@example.com")
    assert len(await inbox("jörg@example.com")) == 1


@pytest.mark.parametrize(
    ("handler", "permanent"),
    [
        (Refusing(rcpt="550 no such mailbox"), True),
        (Refusing(rcpt="451 greylisted"), False),
        (Refusing(data="554 looks like spam"), True),
        (Refusing(data="452 disk full"), False),
    ],
)
async def test_refusals_say_why_and_whether_to_try_again(
    handler: Refusing, permanent: bool
) -> None:
    async with serving(handler) as transport:
        with pytest.raises(MailFailed) as failed:
            await transport.send(_message("b@example.com"), "a@example.com", "b@example.com")
    assert failed.value.permanent is permanent
    words = (handler.rcpt if not handler.rcpt.startswith("250") else handler.data)[4:]
    assert words in failed.value.reason


async def test_a_server_that_is_down_is_tried_again() -> None:
    transport = SmtpTransport(_settings(smtp_host="127.0.0.1", smtp_port=1))
    with pytest.raises(MailFailed) as failed:
        await transport.send(_message("b@example.com"), "a@example.com", "b@example.com")
    assert not failed.value.permanent
    assert "can't be reached" in failed.value.reason


async def test_a_server_without_tls_is_refused_when_tls_is_asked_for() -> None:
    async with serving(Refusing()) as transport:
        strict = SmtpTransport(transport.settings.model_copy(update={"smtp_tls": "starttls"}))
        with pytest.raises(MailFailed):
            await strict.send(_message("b@example.com"), "a@example.com", "b@example.com")
