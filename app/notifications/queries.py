"""What became of messages, for the pages of what they are about."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.db import fetch
from app.notifications.tables import Message

LIMIT = 100


@dataclass(frozen=True)
class MessageFate:
    """One message; `state` is queued, sending, sent, failed, bounced or skipped, `reason` says why.

    `channel` is "email" or "sms".
    """

    id: UUID
    channel: str
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
        "SELECT id, channel, name, recipient, subject, state, attempts, reason, created_at, sent_at "
        "FROM message WHERE subject_of = $1 ORDER BY created_at DESC, id DESC LIMIT $2",
        subject_of, LIMIT,
    )  # fmt: skip
    return [MessageFate(**dict(row)) for row in rows]


PAGE_SIZE = 50
STATES = ("queued", "sent", "failed", "bounced", "skipped")
# Whatever has not left yet counts as queued.
_SHOWN = "CASE state WHEN 'sending' THEN 'queued' ELSE state END"


@dataclass(frozen=True)
class History:
    """One page of the messages of a topic, newest first; `counts` are of all of them, by state."""

    messages: Sequence[MessageFate]
    counts: dict[str, int]
    total: int


async def history_of(topic_id: UUID, search: str, state: str, number: int) -> History:
    """Return the messages of a topic that match, page `number` (from 1). The caller has checked the topic's group."""
    escaped = search
    for special in ("\\", "%", "_"):
        escaped = escaped.replace(special, f"\\{special}")
    pattern = f"%{escaped}%"
    rows = await fetch(
        f"""SELECT id, channel, name, recipient, subject, state, attempts, reason, created_at, sent_at,
             count(*) OVER () AS total FROM message
           WHERE topic_id = $1 AND ($2 = '%%' OR recipient ILIKE $2 OR subject ILIKE $2) AND ($3 = '' OR {_SHOWN} = $3)
           ORDER BY created_at DESC, id DESC LIMIT $4 OFFSET $5""",  # noqa: S608 - own constants
        *(topic_id, pattern, state, PAGE_SIZE, (number - 1) * PAGE_SIZE),
    )
    counted = await fetch(
        f"SELECT {_SHOWN} AS state, count(*) AS n FROM message WHERE topic_id = $1 GROUP BY 1",  # noqa: S608
        topic_id,
    )
    found = [{**dict(row)} for row in rows]
    total = found[0]["total"] if found else 0
    for one in found:
        del one["total"]
    counts = {row["state"]: row["n"] for row in counted}
    return History([MessageFate(**one) for one in found], counts, total)


async def count_about(subject_of: UUID, names: Sequence[str], since: datetime) -> int:
    """Count the messages of these kinds about one thing that were queued since a moment."""
    found = await Message.count().where(
        (Message.subject_of == subject_of)
        & Message.name.is_in(list(names))
        & (Message.created_at >= since)
    )
    return int(found)


async def belongs_to(message_id: UUID, topic_id: UUID) -> bool:
    """Whether a message is one of a topic's."""
    rows = await fetch(
        "SELECT 1 FROM message WHERE id = $1 AND topic_id = $2", message_id, topic_id
    )
    return bool(rows)


async def fate_of(key: str) -> MessageFate | None:
    """Return the message with a key."""
    rows = await fetch(
        "SELECT id, channel, name, recipient, subject, state, attempts, reason, created_at, sent_at "
        "FROM message WHERE key = $1",
        key,
    )
    return MessageFate(**dict(rows[0])) if rows else None


@dataclass(frozen=True)
class KindCount:
    """How many messages of one kind there are."""

    name: str
    channel: str
    count: int


async def count_kinds() -> Sequence[KindCount]:
    """Count all messages there are by their kind, the most frequent first."""
    rows = await fetch(
        "SELECT name, channel, count(*)::int AS count FROM message GROUP BY name, channel ORDER BY count DESC, name"
    )
    return [KindCount(**dict(row)) for row in rows]
