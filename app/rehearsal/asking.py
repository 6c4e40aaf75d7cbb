"""Asking for a rehearsal, calling it off, and what is noted of it while it runs: each a change of its row by its state."""

from datetime import datetime
from uuid import UUID

import asyncpg

from app.auth.viewer import Viewer
from app.core import db, jobs
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.pages.loading import PageRecord
from app.rehearsal.counting import Report
from app.rehearsal.course import Course
from app.rehearsal.opening import ensure_rehearsable
from app.rehearsal.playing import Plan
from app.rehearsal.tables import CANCELLED, DONE, FAILED

PLAY_JOB = "rehearsal.play"
# A worker that dies in the middle is followed by another; what killed two of them is not tried on a third.
MOST_ATTEMPTS = 3


async def ask(
    rehearsal_id: UUID,
    page: PageRecord,
    viewer: Viewer,
    now: datetime,
    *,
    people: int,
    at_once: int,
    pieces: int,
    fickle: int,
) -> None:
    """Queue a rehearsal; the same id again changes nothing.

    Raises Conflict while another of the page, or too many of the organization, are under way, Refused or Invalid when the page could not be brought out
    now, NotFound when the id is somebody else's.
    """
    await ensure_rehearsable(page, viewer.user_id, now)
    try:
        async with db.transaction():
            made = await db.execute(
                """INSERT INTO rehearsal (id, page_id, user_id, people, at_once, pieces, fickle, created_at, updated_at)
                   VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $8) ON CONFLICT (id) DO NOTHING""",
                *(rehearsal_id, page.id, viewer.user_id, people, at_once, pieces, fickle, now),
            )
            if made:
                await _ensure_room(viewer.organization_id)
                await jobs.enqueue(PLAY_JOB, {"rehearsal_id": rehearsal_id})
    except asyncpg.UniqueViolationError as error:
        raise Conflict(_("A rehearsal of this page is under way already.")) from error
    if not made and not await _is_of(rehearsal_id, page.id):
        raise NotFound


async def _ensure_room(organization_id: UUID) -> None:
    """Raise Conflict when the organization has more rehearsals waiting and running than it may.

    The lock makes two that are asked for at once count one after the other.
    """
    key = f"rehearsals:{organization_id}"
    await db.execute("SELECT pg_advisory_xact_lock(hashtextextended($1, 0))", key)
    open_ones = await db.fetch_value(
        """SELECT count(*) FROM rehearsal r JOIN "user" u ON u.id = r.user_id
           WHERE u.organization_id = $1 AND r.state IN ('queued', 'running')""",
        organization_id,
    )
    if open_ones > (most := get_settings().rehearsals_per_organization):
        raise Conflict(
            _("At most %(most)s rehearsals of yours can wait or run at once.", most=most)
        )


async def put_back(rehearsal_id: UUID, now: datetime) -> None:
    """Let a rehearsal whose worker died wait for its turn again."""
    await db.execute(
        "UPDATE rehearsal SET state = 'queued', updated_at = $2 WHERE id = $1 AND state = 'running'",
        *(rehearsal_id, now),
    )


async def start_next() -> None:
    """Queue the job of the rehearsal that has waited longest, if any waits."""
    async with db.transaction():
        waiting = await db.fetch_value(
            "SELECT id FROM rehearsal WHERE state = 'queued' ORDER BY created_at, id LIMIT 1"
        )
        if waiting is not None:
            await jobs.enqueue(PLAY_JOB, {"rehearsal_id": waiting})


async def _is_of(rehearsal_id: UUID, page_id: UUID) -> bool:
    return bool(
        await db.fetch(
            "SELECT 1 FROM rehearsal WHERE id = $1 AND page_id = $2", rehearsal_id, page_id
        )
    )


async def call_off(rehearsal_id: UUID, now: datetime) -> None:
    """Cancel a rehearsal that waits or runs; whoever plays it notices. Raises Conflict when it is over."""
    if not await _finish(rehearsal_id, CANCELLED, now):
        raise Conflict(_("This rehearsal is over."))


async def begin(rehearsal_id: UUID, now: datetime) -> tuple[Plan, UUID] | None:
    """Note that a worker begins, or begins anew; return the plan and the page. None when it is over."""
    row = await db.fetch_one(
        """UPDATE rehearsal SET state = 'running', phase = 'building', progress = 0, attempts = attempts + 1,
             started_at = $2, updated_at = $2 WHERE id = $1 AND state IN ('queued', 'running') RETURNING *""",
        rehearsal_id,
        now,
    )
    if row is None:
        return None
    if row["attempts"] > MOST_ATTEMPTS:
        await fail(rehearsal_id, _("It was interrupted several times."), now)
        return None
    named = ("id", "user_id", "people", "at_once", "pieces", "fickle")
    return Plan(**{name: row[name] for name in named}), row["page_id"]


async def note(rehearsal_id: UUID, course: Course, now: datetime) -> bool:
    """Note how far it is. False when it was cancelled meanwhile."""
    return bool(
        await db.execute(
            """UPDATE rehearsal SET progress = least($2, people), phase = $3, updated_at = $4
               WHERE id = $1 AND state = 'running'""",
            *(rehearsal_id, course.through, course.phase.value, now),
        )
    )


async def conclude(rehearsal_id: UUID, report: Report, now: datetime) -> bool:
    """Keep the report of a rehearsal that was played to its end. False when it was cancelled meanwhile."""
    return bool(
        await db.execute(
            """UPDATE rehearsal SET state = $2, progress = people, report = $3::jsonb, finished_at = $4, updated_at = $4
               WHERE id = $1 AND state = 'running'""",
            *(rehearsal_id, DONE, report.model_dump_json(), now),
        )
    )


async def fail(rehearsal_id: UUID, reason: str, now: datetime) -> bool:
    """Note why a rehearsal could not be played to its end. False when it is over already."""
    return await _finish(rehearsal_id, FAILED, now, reason)


async def _finish(rehearsal_id: UUID, state: str, now: datetime, reason: str = "") -> bool:
    return bool(
        await db.execute(
            """UPDATE rehearsal SET state = $2, reason = $3, finished_at = $4, updated_at = $4
               WHERE id = $1 AND state IN ('queued', 'running')""",
            *(rehearsal_id, state, reason, now),
        )
    )
