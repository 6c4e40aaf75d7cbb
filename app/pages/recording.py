"""Storing what a verb decided: times by compare-and-set, the transition, the change log, the live update, the next job."""

from dataclasses import fields, replace
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.jobs import enqueue
from app.core.live import publish
from app.pages.lifecycle import Cause, PageTimes
from app.pages.loading import PageRecord
from app.pages.telling import tell_changed_times, tell_transition

_COLUMNS = tuple(field.name for field in fields(PageTimes))
_SET = ", ".join(f"{name} = ${index}" for index, name in enumerate(_COLUMNS, start=4))
_WERE = " AND ".join(
    f"{name} IS NOT DISTINCT FROM ${index}"
    for index, name in enumerate(_COLUMNS, start=4 + len(_COLUMNS))
)


def _values(times: PageTimes) -> list[object]:
    return [getattr(times, name) for name in _COLUMNS]


async def store_times(
    page: PageRecord, after: PageTimes, now: datetime, *, ended_cause: Cause | None = None
) -> None:
    """Store `after` in the current transaction if the page's times are still what they were when it was read.

    Bumps the version, tells the open browsers, and queues the announcement of the next change. Raises Conflict when
    somebody else was faster.
    """
    stored = await db.execute(
        f"UPDATE page SET {_SET}, ended_cause = $3, version = version + 1, updated_at = $2 "  # noqa: S608 - own columns
        f"WHERE id = $1 AND {_WERE}",
        page.id,
        now,
        ended_cause.value if ended_cause else page.ended_cause,
        *_values(after),
        *_values(page.times),
    )
    if not stored:
        raise Conflict(_("Somebody changed this page in the meantime. Please look again."))
    await publish(page.topic)
    await announce_at(page.id, replace(page, times=after).next_change(now))
    if after.expires_at != page.times.expires_at:
        await tell_changed_times(page.id)


async def announce_at(page_id: UUID, moment: datetime | None) -> None:
    """Queue the announcement of a change that time will bring; nothing for None."""
    if moment is not None:
        key = f"pages.announce:{page_id}:{moment.isoformat()}"
        await enqueue("pages.announce", {"page_id": page_id}, run_at=moment, dedupe=key)


async def record_transition(
    page_id: UUID,
    before: str,
    after: str,
    at: datetime,
    cause: Cause,
    now: datetime,
    user_id: UUID | None = None,
) -> bool:
    """Record one change of state, or a moment of the page's type, and tell of it; once however often it is noticed.

    False when it was recorded before.
    """
    recorded = await db.execute(
        """INSERT INTO page_transition (id, page_id, from_state, to_state, at, cause, user_id, recorded_at)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (page_id, to_state, at) DO NOTHING""",
        new_id(),
        page_id,
        str(before),
        str(after),
        at,
        cause.value,
        user_id,
        now,
    )
    if recorded:
        await tell_transition(page_id, str(after), at)
    return bool(recorded)


async def record_change(
    page_id: UUID,
    kind: str,
    before: object,
    after: object,
    now: datetime,
    *,
    user_id: UUID | None,
    subject: str = "",
    currency: str = "",
    change_id: UUID | None = None,
) -> None:
    """Add a line to the public change log. Called in the transaction that makes the change."""
    await db.execute(
        """INSERT INTO page_change (id, page_id, kind, subject, before, after, currency, at, user_id)
           VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
        change_id or new_id(),
        page_id,
        kind,
        subject,
        str(before),
        str(after),
        currency,
        now,
        user_id,
    )


async def touch(page_id: UUID) -> None:
    """Say, in the current transaction, that the page looks different now."""
    await db.execute("UPDATE page SET version = version + 1 WHERE id = $1", page_id)
    await publish(f"page:{page_id}")
