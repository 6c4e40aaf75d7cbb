"""A message from the creator to everyone who registered: counted before it goes, kept as it was, sent as a mailing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.core import db
from app.notifications.unsubscribing import unsubscribed_from
from app.registrations import mailing
from app.registrations.letters import AUDIENCES


@dataclass(frozen=True)
class Audience:
    """How many a message reaches, and how many it doesn't: they left no e-mail address, or unsubscribed."""

    reached: int
    without_email: int
    unsubscribed: int


@dataclass(frozen=True)
class Sent:
    """A message that went out, or is on its way."""

    id: UUID
    subject: str
    body: str
    recipients: int
    created_at: datetime


async def audience_of(page_id: UUID, audience: str) -> Audience:
    """Count the registrations of a page that belong to one of AUDIENCES."""
    row = await db.fetch_one(
        """SELECT count(*) FILTER (WHERE email <> '') AS written, count(*) FILTER (WHERE email = '') AS other,
             count(*) FILTER (WHERE lower(email) = ANY($3::text[])) AS gone
           FROM registration WHERE page_id = $1 AND state = ANY($2::text[])""",
        page_id,
        list(AUDIENCES[audience]),
        await unsubscribed_from(page_id),
    )
    assert row is not None
    return Audience(row["written"] - row["gone"], row["other"], row["gone"])


async def broadcast(
    broadcast_id: UUID,
    page_id: UUID,
    viewer: Viewer,
    subject: str,
    body: str,
    audience: str,
    now: datetime,
) -> bool:
    """Send a message to one of a page's AUDIENCES; the caller has loaded the page for the viewer.

    False when this very message was sent before.
    """
    async with db.transaction():
        counted = await audience_of(page_id, audience)
        stored = await db.execute(
            """INSERT INTO broadcast (id, page_id, group_id, user_id, subject, body, states, recipients, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING""",
            broadcast_id,
            page_id,
            viewer.group_id,
            viewer.user_id,
            subject,
            body,
            " ".join(AUDIENCES[audience]),
            counted.reached,
            now,
        )
        if stored:
            key, details = f"broadcast:{broadcast_id}", {"subject": subject, "body": body}
            kind = f"message-{audience}"
            await mailing.start(page_id, kind, key, now, before=now, details=details)
    return bool(stored)


async def sent_to(page_id: UUID) -> list[Sent]:
    """Return the messages to a page's registrants, newest first. The caller has checked the group."""
    rows = await db.fetch(
        """SELECT id, subject, body, recipients, created_at FROM broadcast WHERE page_id = $1
           ORDER BY created_at DESC, id DESC LIMIT 50""",
        page_id,
    )
    return [Sent(**dict(row)) for row in rows]
