"""Announcing what is already true: the transitions that time brought are recorded once, and browsers told."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.core.live import publish
from app.pages import loading
from app.pages.lifecycle import Cause, State, end_of
from app.pages.loading import PageRecord
from app.pages.recording import announce_at, record_transition


async def announce(page_id: UUID, now: datetime) -> None:
    """Record the launch and the end of a page that time has brought by `now`. May run any number of times.

    A job that comes too early (the deadline was moved meanwhile) records nothing; each moved time has its own job.
    """
    try:
        page = await loading.by_id(page_id)
    except NotFound:
        return
    async with db.transaction():
        told = [await _launched(page, now), await _expired(page, now)]
        if any(told):
            await publish(page.topic)


async def announce_missed(now: datetime) -> int:
    """Queue announcements for pages whose last change by time nobody recorded; return how many.

    What is queued with a page can only be lost with the queue itself; this makes even that harmless.
    """
    rows = await db.fetch(
        """SELECT p.id FROM page p WHERE p.published_at IS NOT NULL AND p.ended_at IS NULL
           AND ((p.launch_at <= $1 AND NOT EXISTS (SELECT 1 FROM page_transition t
                 WHERE t.page_id = p.id AND t.to_state = 'active' AND t.at = p.launch_at))
             OR (p.expires_at <= $1 AND NOT (p.paused_at IS NOT NULL AND p.pause_moves_deadline)
                 AND NOT EXISTS (SELECT 1 FROM page_transition t
                 WHERE t.page_id = p.id AND t.to_state = 'expired')))""",
        now,
    )
    for row in rows:
        await announce_at(row["id"], now)
    return len(rows)


async def _launched(page: PageRecord, now: datetime) -> bool:
    launch, published = page.times.launch_at, page.times.published_at
    # Published at once: the verb itself recorded it.
    if launch is None or published is None or not published < launch <= now:
        return False
    return await record_transition(page.id, State.SCHEDULED, State.ACTIVE, launch, Cause.TIME, now)


async def _expired(page: PageRecord, now: datetime) -> bool:
    if page.times.ended_at is not None or page.state(now) is not State.EXPIRED:
        return False
    end = end_of(page.times)
    if end is None:
        return False
    paused = page.times.paused_at is not None
    before = State.PAUSED if paused else State.ACTIVE
    return await record_transition(page.id, before, State.EXPIRED, end, Cause.TIME, now)
