"""Mail that was accepted and came back: its report names the message, and the reason is shown with its fate.

Reports come as RFC 3464 and RFC 6533 say (`message/delivery-status`, `message/global-delivery-status`), encoded or not, and
as qmail writes them (QSBMF): words for people, with the message below a line.
"""

import re
from collections.abc import Iterator
from email import message_from_bytes, message_from_string, policy
from email.message import EmailMessage
from uuid import UUID

from app.core.db import execute
from app.core.ids import parse_id
from app.notifications.delivering import LONGEST_REASON

_MESSAGE_ID = re.compile(
    rb"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE
)
# Python reads these as messages, whatever their encoding; as text they are decoded first.
_STATUS = "text/x-delivery-status"
_READ_AS_TEXT = (
    (re.compile(rb"(?im)^(content-type:\s*)message/(?:global-)?delivery-status"), _STATUS),
    (re.compile(rb"(?im)^(content-type:\s*)message/global-headers"), "text/rfc822-headers"),
    (re.compile(rb"(?im)^(content-type:\s*)message/global\b(?!-)"), "text/x-returned"),
)
_QMAIL = "Hi. This is the"
_PARAGRAPH = re.compile(r"\n[ \t]*\n")


async def record_bounce(report: bytes) -> bool:
    """Note that a message came back, as a mail server's report says. False when the report is of none of ours.

    A report of a delay is no bounce: only a failed delivery is.
    """
    readable = report
    for pattern, kind in _READ_AS_TEXT:
        readable = pattern.sub(rb"\1" + kind.encode(), readable)
    parsed = message_from_bytes(readable, policy=policy.default)
    texts = [text for part in parsed.walk() if (text := _text(part))]
    status = _status(parsed) or _qmail_status(parsed)
    if status is None or status[0] != "failed":
        return False
    # In the report as it came, and in what was encoded in it.
    named = b"\n".join((report, *(text.encode(errors="replace") for text in texts)))
    for found in dict.fromkeys(_MESSAGE_ID.findall(named)):
        message_id = parse_id(found.decode())
        if message_id is not None and await _bounced(message_id, status[1]):
            return True
    return False


def _text(part: EmailMessage) -> str:
    """Return what a part says, decoded; "" for one that holds others. No damage raises."""
    if part.is_multipart():
        return ""
    payload = part.get_payload(decode=True)
    return payload.decode(errors="replace") if isinstance(payload, bytes) else ""


def _status(report: EmailMessage) -> tuple[str, str] | None:
    """Return the action and the reason of a delivery report."""
    for part in report.walk():
        if part.get_content_type() != _STATUS:
            continue
        for fields in _groups(_text(part)):
            if fields.get("Action"):
                reason = fields.get("Diagnostic-Code") or fields.get("Status") or ""
                return str(fields["Action"]).strip().lower(), " ".join(str(reason).split())
    return None


def _groups(text: str) -> Iterator[EmailMessage]:
    """Yield the groups of fields of a status: one for the message, then one for each recipient."""
    for group in _PARAGRAPH.split(text.replace("\r\n", "\n").strip()):
        yield message_from_string(group, policy=policy.default)


def _qmail_status(report: EmailMessage) -> tuple[str, str] | None:
    """Return what qmail's report says of the first recipient: it sends one when it has given up."""
    text = _text(report).replace("\r\n", "\n").lstrip()
    if report.is_multipart() or not text.startswith(_QMAIL):
        return None
    for paragraph in _PARAGRAPH.split(text)[1:]:
        if paragraph.startswith("-"):
            break  # the returned message follows
        if paragraph.startswith("<"):
            recipient, _colon, reason = paragraph.partition(">:")
            return "failed", " ".join((reason or recipient).split())
    return None


async def _bounced(message_id: UUID, reason: str) -> bool:
    return bool(
        await execute(
            "UPDATE message SET state = 'bounced', reason = $2 WHERE id = $1 AND state IN ('sent', 'bounced')",
            *(message_id, reason[:LONGEST_REASON]),
        )
    )
