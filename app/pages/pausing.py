"""Pausing a page and letting it run on."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db
from app.core.errors import Conflict
from app.core.i18n import gettext as _
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
        if page.times.pause_moves_deadline and page.times.paused_at:
            page = await _move_settings(page, now - page.times.paused_at)
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


async def _move_settings(page: PageRecord, by: timedelta) -> PageRecord:
    """Move the times of the page's own settings along with its clock."""
    moved = page.page_type.moved(page.settings, by)
    if moved is page.settings:
        return page
    stored = await db.execute(
        "UPDATE page SET settings = $3 WHERE id = $1 AND version = $2",
        *(page.id, page.version, moved.model_dump_json()),
    )
    if not stored:
        raise Conflict(_("Somebody changed this page in the meantime. Please look again."))
    return replace(page, settings=moved)
