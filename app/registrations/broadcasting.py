"""A message from the creator to everyone who registered: counted before it goes, sent in batches, each once."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.core import db, jobs
from app.pages.collecting import collection_of
from app.registrations.emails import send_broadcast
from app.registrations.queries import COLUMNS, read_registration

JOB = "registrations.broadcast"
BATCH = 100
FIRST = UUID(int=0)


@dataclass(frozen=True)
class Audience:
    """How many a message reaches, and how many it can't, for they left no e-mail address."""

    reached: int
    without_email: int


@dataclass(frozen=True)
class Sent:
    """A message that went out, or is on its way."""

    id: UUID
    subject: str
    body: str
    recipients: int
    created_at: datetime


async def audience_of(page_id: UUID, states: Sequence[str]) -> Audience:
    """Count the registrations of a page in `states`."""
    row = await db.fetch_one(
        """SELECT count(*) FILTER (WHERE email <> '') AS reached, count(*) FILTER (WHERE email = '') AS other
           FROM registration WHERE page_id = $1 AND state = ANY($2::text[])""",
        page_id,
        list(states),
    )
    return Audience(row["reached"], row["other"]) if row else Audience(0, 0)


async def broadcast(
    broadcast_id: UUID,
    page_id: UUID,
    viewer: Viewer,
    subject: str,
    body: str,
    states: Sequence[str],
    now: datetime,
) -> bool:
    """Send a message to the registrants of a page in `states`; the caller has loaded the page for the viewer.

    False when this very message was sent before.
    """
    async with db.transaction():
        audience = await audience_of(page_id, states)
        stored = await db.execute(
            """INSERT INTO broadcast (id, page_id, group_id, user_id, subject, body, states, recipients, created_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9) ON CONFLICT DO NOTHING""",
            broadcast_id,
            page_id,
            viewer.group_id,
            viewer.user_id,
            subject,
            body,
            " ".join(states),
            audience.reached,
            now,
        )
        if stored:
            await jobs.enqueue(JOB, {"broadcast_id": broadcast_id, "after": FIRST})
    return bool(stored)


async def send_batch(broadcast_id: UUID, after: UUID, now: datetime) -> None:
    """Queue the mails of the next batch behind the registration `after`, and the batch that follows."""
    message = await db.fetch_one("SELECT * FROM broadcast WHERE id = $1", broadcast_id)
    if message is None:
        return
    collection = await collection_of(message["page_id"], now)
    async with db.transaction():
        # Who registered after it was sent did not get it when the others did, so they don't now.
        rows = await db.fetch(
            f"""SELECT {COLUMNS} FROM registration r WHERE r.page_id = $1 AND r.id > $2 AND r.email <> ''
                AND r.state = ANY($3::text[]) AND r.created_at <= $4 ORDER BY r.id LIMIT $5""",  # noqa: S608 - own constants
            message["page_id"],
            after,
            message["states"].split(),
            message["created_at"],
            BATCH,
        )
        for row in rows:
            await send_broadcast(
                collection,
                read_registration(row),
                broadcast_id,
                message["subject"],
                message["body"],
                now,
            )
        if len(rows) == BATCH:
            await jobs.enqueue(JOB, {"broadcast_id": broadcast_id, "after": rows[-1]["id"]})


async def sent_to(page_id: UUID) -> list[Sent]:
    """Return the messages to a page's registrants, newest first. The caller has checked the group."""
    rows = await db.fetch(
        """SELECT id, subject, body, recipients, created_at FROM broadcast WHERE page_id = $1
           ORDER BY created_at DESC, id DESC LIMIT 50""",
        page_id,
    )
    return [Sent(**dict(row)) for row in rows]
