"""The mail adapter: a Protocol and SMTP. Nothing else here knows aiosmtplib."""

import asyncio
from email.message import EmailMessage
from typing import Protocol
from urllib.parse import urlsplit

import aiosmtplib
from aiosmtplib import (
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
)

from app.core.i18n import gettext as _
from app.core.settings import Settings, get_settings

STEP_SECONDS = 20
WHOLE_SECONDS = 60
FIRST_PERMANENT = 500


class MailFailed(Exception):
    """A message was not accepted. `permanent`: trying again would not help."""

    def __init__(self, reason: str, *, permanent: bool = False) -> None:
        super().__init__(reason)
        self.reason = reason
        self.permanent = permanent


class MailTransport(Protocol):
    """Hands a message to whoever delivers it. Raises MailFailed."""

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> None: ...


class SmtpTransport:
    """One connection a message to the configured server."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        settings = self.settings
        try:
            async with asyncio.timeout(WHOLE_SECONDS):
                await aiosmtplib.send(
                    message,
                    sender=sender,
                    recipients=[recipient],
                    hostname=settings.smtp_host,
                    port=settings.smtp_port,
                    username=settings.smtp_username or None,
                    password=settings.smtp_password or None,
                    use_tls=settings.smtp_tls == "tls",
                    start_tls=settings.smtp_tls == "starttls",
                    local_hostname=urlsplit(settings.base_url).hostname,
                    timeout=STEP_SECONDS,
                )
        except (SMTPException, OSError, TimeoutError, ValueError) as error:
            raise _failure(error) from error


def _failure(error: Exception) -> MailFailed:
    if isinstance(error, SMTPRecipientsRefused):
        first = error.recipients[0]
        return MailFailed(f"{first.code} {first.message}", permanent=first.code >= FIRST_PERMANENT)
    if isinstance(error, SMTPResponseException):
        # A refused login or sender is the operator's to mend, so those are tried again.
        permanent = isinstance(error, SMTPDataError) and error.code >= FIRST_PERMANENT
        return MailFailed(f"{error.code} {error.message}", permanent=permanent)
    if isinstance(error, ValueError):
        return MailFailed(str(error), permanent=True)
    return MailFailed(_("The mail server can't be reached: %(why)s", why=str(error) or repr(error)))


def get_transport() -> MailTransport:
    """Return the process's transport, as configured."""
    return SmtpTransport(get_settings())
