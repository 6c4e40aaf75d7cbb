"""Mail that was accepted and came back: its report (RFC 3464) names the message, and the reason is shown with its fate."""

import re
from email import message_from_bytes, policy
from email.message import EmailMessage
from uuid import UUID

from app.core.db import execute
from app.core.ids import parse_id
from app.notifications.delivering import LONGEST_REASON

_MESSAGE_ID = re.compile(
    rb"<([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})@", re.IGNORECASE
)


async def record_bounce(report: bytes) -> bool:
    """Note that a message came back, as a mail server's report says. False when the report is of none of ours.

    A report of a delay is no bounce: only a failed delivery is.
    """
    parsed = message_from_bytes(report, policy=policy.default)
    status = _status(parsed)
    if status is None or status[0] != "failed":
        return False
    for found in dict.fromkeys(_MESSAGE_ID.findall(report)):
        message_id = parse_id(found.decode())
        if message_id is not None and await _bounced(message_id, status[1]):
            return True
    return False


def _status(report: EmailMessage) -> tuple[str, str] | None:
    """Return the action and the reason of a delivery report."""
    for part in report.walk():
        if part.get_content_type() != "message/delivery-status":
            continue
        for fields in part.iter_parts() if part.is_multipart() else ():
            if fields.get("Action"):
                reason = fields.get("Diagnostic-Code") or fields.get("Status") or ""
                return str(fields["Action"]).strip().lower(), " ".join(str(reason).split())
    return None


async def _bounced(message_id: UUID, reason: str) -> bool:
    return bool(
        await execute(
            "UPDATE message SET state = 'bounced', reason = $2 WHERE id = $1 AND state IN ('sent', 'bounced')",
            *(message_id, reason[:LONGEST_REASON]),
        )
    )
