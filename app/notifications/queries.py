"""What became of messages, for the pages of what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.db import fetch

LIMIT = 100


@dataclass(frozen=True)
class MessageFate:
    """One message; `state` is queued, sending, sent or failed, `reason` says why the last attempt failed."""

    id: UUID
    name: str
    recipient: str
    subject: str
    state: str
    attempts: int
    reason: str
    created_at: datetime
    sent_at: datetime | None


async def messages_about(subject_of: UUID) -> Sequence[MessageFate]:
    """Return the newest messages about one thing, newest first. The caller has checked that the viewer may see it."""
    rows = await fetch(
        "SELECT id, name, recipient, subject, state, attempts, reason, created_at, sent_at "
        "FROM message WHERE subject_of = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
        subject_of, LIMIT,
    )  # fmt: skip
    return [MessageFate(**dict(row)) for row in rows]
