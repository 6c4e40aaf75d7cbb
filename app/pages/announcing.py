"""Announcing what is already true: the transitions that time brought are recorded once, and browsers told."""

from dataclasses import fields
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.core.live import publish
from app.pages import loading
from app.pages.lifecycle import Cause, PageTimes, State, end_of, state_at
from app.pages.loading import PageRecord
from app.pages.recording import announce_at, record_transition
from app.pages.types import page_types
from app.pages.types.base import Moment

# A moment that nobody recorded is found as long as its page is not over for longer than this.
LOOK_BACK = timedelta(days=1)
_TIMES = ", ".join(f"p.{field.name}" for field in fields(PageTimes))


async def announce(page_id: UUID, now: datetime) -> None:
    """Record the launch and the end of a page that time has brought by `now`. May run any number of times.

    A job that comes too early (the deadline was moved meanwhile) records nothing; each moved time has its own job.
    """
    try:
        page = await loading.by_id(page_id)
    except NotFound:
        return
    async with db.transaction():
        told = [await _launched(page, now), *await _reached(page, now), await _expired(page, now)]
        if any(told):
            await publish(page.topic)
        await announce_at(page.id, page.next_change(now))


async def announce_missed(now: datetime) -> int:
    """Queue announcements for pages whose last change by time nobody recorded; return how many.

    What is queued with a page can only be lost with the queue itself; this makes even that harmless.
    """
    rows = await db.fetch(
        """SELECT p.id FROM page p WHERE p.published_at IS NOT NULL AND (p.ended_at IS NULL OR p.ended_at > $2)
           AND ((p.launch_at <= $1 AND NOT EXISTS (SELECT 1 FROM page_transition t
                 WHERE t.page_id = p.id AND t.to_state = 'active' AND t.at = p.launch_at))
             OR (p.ended_at IS NULL AND p.expires_at <= $1 AND NOT (p.paused_at IS NOT NULL AND p.pause_moves_deadline)
                 AND NOT EXISTS (SELECT 1 FROM page_transition t
                 WHERE t.page_id = p.id AND t.to_state = 'expired')))""",
        now,
        now - LOOK_BACK,
    )
    missed = [row["id"] for row in rows] + await _missed_moments(now)
    for page_id in missed:
        await announce_at(page_id, now)
    return len(missed)


async def _missed_moments(now: datetime) -> list[UUID]:
    """Return the pages that run, or ended not long ago, with a moment of their type that nobody recorded."""
    rows = await db.fetch(
        f"""SELECT p.id, p.type, p.settings, {_TIMES}, ARRAY(SELECT t.to_state || extract(epoch FROM t.at)::bigint
              FROM page_transition t WHERE t.page_id = p.id) AS recorded
            FROM page p WHERE p.type = ANY($2::text[]) AND p.published_at IS NOT NULL AND p.launch_at <= $1
            AND (p.expires_at > $3 OR p.paused_at IS NOT NULL)""",  # noqa: S608 - own columns
        *(now, [name for name, each in page_types.items() if each.has_moments], now - LOOK_BACK),
    )
    return [row["id"] for row in rows if _has_missed(row, now)]


def _has_missed(row: db.Record, now: datetime) -> bool:
    page_type = page_types[row["type"]]
    times = PageTimes(**{field.name: row[field.name] for field in fields(PageTimes)})
    settings = page_type.settings.model_validate_json(row["settings"])
    return any(
        _came(moment, times, now)
        and f"{moment.name}{int(moment.at.timestamp())}" not in row["recorded"]
        for moment in page_type.moments(settings, times)
    )


def _came(moment: Moment, times: PageTimes, now: datetime) -> bool:
    """Whether a moment came by `now` while the page was out."""
    launch, ended = times.launch_at, times.ended_at
    if launch is None or state_at(times, now) is State.DRAFT:
        return False
    return launch <= moment.at <= now and (ended is None or moment.at <= ended)


async def _launched(page: PageRecord, now: datetime) -> bool:
    launch, published = page.times.launch_at, page.times.published_at
    # Published at once: the verb itself recorded it.
    if launch is None or published is None or not published < launch <= now:
        return False
    return await record_transition(page.id, State.SCHEDULED, State.ACTIVE, launch, Cause.TIME, now)


async def _reached(page: PageRecord, now: datetime) -> list[bool]:
    """Record the moments of the page's type that came while it was out."""
    return [
        await record_transition(page.id, State.ACTIVE, moment.name, moment.at, Cause.TIME, now)
        for moment in page.page_type.moments(page.settings, page.times)
        if _came(moment, page.times, now)
    ]


async def _expired(page: PageRecord, now: datetime) -> bool:
    if page.times.ended_at is not None or page.state(now) is not State.EXPIRED:
        return False
    end = end_of(page.times)
    if end is None:
        return False
    paused = page.times.paused_at is not None
    before = State.PAUSED if paused else State.ACTIVE
    return await record_transition(page.id, before, State.EXPIRED, end, Cause.TIME, now)
