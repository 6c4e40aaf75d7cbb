"""Telling everyone on a page at the moments that its life brings: it starts, its plan changed, it is over."""

import json
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.pages.collecting import Collection, collection_of
from app.pages.types.base import Acceptance
from app.registrations import mailing
from app.registrations.concluding import conclusion_of
from app.registrations.happenings import happening_of
from app.registrations.letters import AFTERWARDS, CHANGED, LAUNCH, NO_PLACE

# Moments of a page's life (see app/pages/telling.py) and what is told then.
REACHED, OVER = "reached", "over"
# Registration may be closed from then on: by its own time, with the start, with the page.
CLOSING = ("closed", "started", "expired")


async def moment_came(page_id: UUID, moment: str, at: datetime, now: datetime) -> None:
    """Tell everyone who registered until `at` what the moment brings; once, however often it is called."""
    kind = {REACHED: LAUNCH, OVER: AFTERWARDS}.get(moment)
    collection = await _find(page_id, now)
    if collection is not None and moment in CLOSING:
        await _closed(collection, moment, at, now)
    if kind is None or collection is None:
        return
    if kind == AFTERWARDS and not conclusion_of(collection):
        return
    await mailing.start(page_id, kind, f"{kind}:{page_id}", now, before=at)


async def _closed(collection: Collection, moment: str, at: datetime, now: datetime) -> None:
    """Tell those who wait in vain. They keep their places in the line, for somebody may still be promoted by hand."""
    if collection.asks.waitlist and collection.accepts is Acceptance.CLOSED:
        key = f"{NO_PLACE}:{collection.page_id}:{moment}:{at.isoformat()}"
        await mailing.start(collection.page_id, NO_PLACE, key, now, before=at)


async def plan_changed(page_id: UUID, now: datetime) -> bool:
    """Tell everyone of an event's new times or place, unless they know them; True when there was something to tell."""
    collection = await _find(page_id, now)
    facts = _facts(collection) if collection else None
    if facts is None:
        return False
    async with db.transaction():
        told = await db.fetch_value(
            "SELECT facts FROM told_plan WHERE page_id = $1 FOR UPDATE", page_id
        )
        known = json.loads(told) if told else None
        if known == facts:
            return False
        await db.execute(
            """INSERT INTO told_plan (page_id, facts) VALUES ($1, $2::jsonb)
               ON CONFLICT (page_id) DO UPDATE SET facts = $2::jsonb""",
            *(page_id, json.dumps(facts)),
        )
        if known is None:
            return False
        key = f"{CHANGED}:{page_id}:{now.isoformat()}"
        return await mailing.start(page_id, CHANGED, key, now, before=now, details=known)


def _facts(collection: Collection) -> dict[str, str] | None:
    happening = happening_of(collection)
    if happening is None:
        return None
    return {
        "starts_at": happening.starts_at.isoformat(),
        "ends_at": happening.ends_at.isoformat() if happening.ends_at else "",
        "address": happening.address,
    }


async def _find(page_id: UUID, now: datetime) -> Collection | None:
    try:
        return await collection_of(page_id, now)
    except NotFound:
        return None
