"""Pausing a page and letting it run on."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.pages import lifecycle
from app.pages.lifecycle import Cause, State
from app.pages.loading import PageRecord
from app.pages.recording import record_change, record_transition, store_times


async def pause(page: PageRecord, user_id: UUID, now: datetime, *, moves_deadline: bool) -> None:
    """Stop orders; with `moves_deadline` the time left is kept, else the deadline stands. Raises Refused, Conflict."""
    after = lifecycle.pause(page.times, now, moves_deadline=moves_deadline)
    async with db.transaction():
        await store_times(page, after, now)
        await record_transition(page.id, State.ACTIVE, State.PAUSED, now, Cause.HAND, now, user_id)


async def resume(page: PageRecord, user_id: UUID, now: datetime) -> None:
    """Let a paused page run on. A deadline that moved is put into the change log. Raises Refused, Conflict."""
    after = lifecycle.resume(page.times, now)
    async with db.transaction():
        await store_times(page, after, now)
        await record_transition(page.id, State.PAUSED, State.ACTIVE, now, Cause.HAND, now, user_id)
        if after.expires_at != page.times.expires_at and page.times.expires_at and after.expires_at:
            await record_change(
                page.id,
                "deadline",
                page.times.expires_at.isoformat(),
                after.expires_at.isoformat(),
                now,
                user_id=user_id,
            )
