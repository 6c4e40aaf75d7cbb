"""The SMS adapter: a Protocol, and any provider that takes a text message as JSON over HTTP.

`POST {MAYFLY_SMS_URL}` with `Authorization: Bearer {MAYFLY_SMS_API_KEY}` and
`{"from": …, "to": "+49170…", "text": …, "reference": <the message's id>}`. 2xx accepts it. 4xx refuses it for good, but
for 401, 403, 408, 425 and 429, which are tried again like 5xx: they are the operator's to mend, or pass.
"""

from typing import Protocol

import httpx

from app.core.i18n import gettext as _
from app.core.settings import Settings, get_settings
from app.notifications.smtp import MailFailed

TIMEOUT_SECONDS = 20
PASSING = (401, 403, 408, 425, 429)
LONGEST_ANSWER = 300


class SmsTransport(Protocol):
    """Hands a text message to whoever delivers it; `reference` is the same at every attempt. Raises MailFailed."""

    async def send(self, to: str, text: str, reference: str) -> None: ...


class HttpSmsTransport:
    """The configured provider."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    async def send(self, to: str, text: str, reference: str) -> None:
        body = {"from": self.settings.sms_from, "to": to, "text": text, "reference": reference}
        headers = {"Idempotency-Key": reference}
        if self.settings.sms_api_key:
            headers["Authorization"] = f"Bearer {self.settings.sms_api_key}"
        try:
            async with httpx.AsyncClient(timeout=TIMEOUT_SECONDS) as client:
                answer = await client.post(self.settings.sms_url, json=body, headers=headers)
        except httpx.HTTPError as error:
            why = str(error) or repr(error)
            raise MailFailed(_("The SMS provider can't be reached: %(why)s", why=why)) from error
        if not answer.is_success:
            permanent = 400 <= answer.status_code < 500 and answer.status_code not in PASSING
            reason = f"{answer.status_code} {answer.text[:LONGEST_ANSWER]}"
            raise MailFailed(reason, permanent=permanent)


class NoSmsTransport:
    """There is no provider: every text message fails, and says why."""

    async def send(self, to: str, text: str, reference: str) -> None:
        raise MailFailed(_("No SMS provider is configured."), permanent=True)


def get_sms_transport() -> SmsTransport:
    """Return the process's transport, as configured."""
    settings = get_settings()
    return HttpSmsTransport(settings) if settings.sms_url else NoSmsTransport()
