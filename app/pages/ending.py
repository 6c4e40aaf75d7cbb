"""Ending a page by hand, and ending what is sold out."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.pages import lifecycle
from app.pages.lifecycle import Cause, State
from app.pages.loading import PageRecord
from app.pages.recording import record_transition, store_times
from app.pages.selling import retire_if_sold_out


async def end(page: PageRecord, user_id: UUID, now: datetime) -> None:
    """End an active or paused page for good. Open checkouts keep their hold. Raises Refused, Conflict."""
    after = lifecycle.end(page.times, now)
    async with db.transaction():
        await store_times(page, after, now, ended_cause=Cause.HAND)
        await record_transition(
            page.id, page.state(now), State.EXPIRED, now, Cause.HAND, now, user_id
        )


async def retire_sold_out(now: datetime) -> int:
    """End every running page that is sold out; return how many.

    The last sale of a page ends it at once. Two last sales of different items, in transactions that don't see each
    other, leave it to this sweep.
    """
    running = await db.fetch(
        """SELECT id FROM page WHERE published_at IS NOT NULL AND ended_at IS NULL
           AND launch_at <= $1 AND (expires_at > $1 OR (paused_at IS NOT NULL AND pause_moves_deadline))""",
        now,
    )
    retired = 0
    for row in running:
        async with db.transaction():
            retired += await retire_if_sold_out(row["id"], now)
    return retired
