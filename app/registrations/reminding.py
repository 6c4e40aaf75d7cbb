"""Reminders of an event, at the times before it that its creator set; they move with the event."""

import json
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db, jobs
from app.core.errors import NotFound
from app.pages.collecting import Collection, collection_of
from app.pages.lifecycle import State
from app.pages.types.base import Acceptance
from app.registrations import mailing
from app.registrations.happenings import Happening, happening_of
from app.registrations.letters import REMINDER

JOB = "registrations.remind"


async def plan(page_id: UUID, now: datetime, *, since: datetime) -> None:
    """Queue the reminders that come after `since`, when the times became what they are.

    What was queued for other times finds that out when it is due.
    """
    found = await _find(page_id, now)
    if found is None:
        return
    collection, happening = found
    for minutes in collection.asks.reminders:
        at = happening.starts_at - timedelta(minutes=minutes)
        if at > since:
            start = happening.starts_at.isoformat()
            await jobs.enqueue(
                JOB,
                {"page_id": page_id, "minutes": minutes, "starts_at": start},
                run_at=at,
                dedupe=f"{JOB}:{page_id}:{minutes}:{start}",
            )


async def remind(page_id: UUID, minutes: int, starts_at: datetime, now: datetime) -> bool:
    """Remind everyone who has a place, `minutes` before `starts_at`. Whether they are.

    They are not when the event moved, was ended or has begun, when the reminder was taken out, or when they were
    reminded already: one that went out stays good while the event moves by less than its own lead.
    """
    found = await _find(page_id, now)
    if found is None:
        return False
    collection, happening = found
    gone = happening.starts_at != starts_at or minutes not in collection.asks.reminders
    if gone or now >= starts_at or collection.state is State.EXPIRED:
        return False
    if collection.accepts is Acceptance.SUSPENDED:  # late it would say what is not true
        return False
    async with db.transaction():
        if await _reminded(page_id, minutes, starts_at):
            return False
        key = f"{REMINDER}:{page_id}:{minutes}:{starts_at.isoformat()}"
        details = {"minutes": minutes, "starts_at": starts_at.isoformat()}
        return await mailing.start(page_id, REMINDER, key, now, before=now, details=details)


async def _reminded(page_id: UUID, minutes: int, starts_at: datetime) -> bool:
    rows = await db.fetch(
        "SELECT details FROM mailing WHERE page_id = $1 AND kind = $2", *(page_id, REMINDER)
    )
    sent = [json.loads(row["details"]) for row in rows]
    lead = timedelta(minutes=minutes)
    return any(
        one["minutes"] == minutes
        and abs(datetime.fromisoformat(one["starts_at"]) - starts_at) < lead
        for one in sent
    )


async def _find(page_id: UUID, now: datetime) -> tuple[Collection, Happening] | None:
    try:
        collection = await collection_of(page_id, now)
    except NotFound:
        return None
    happening = happening_of(collection)
    return (collection, happening) if happening else None
