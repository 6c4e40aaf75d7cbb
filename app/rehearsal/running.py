"""The worker's side: builds the stage, plays, notes how far it is, keeps the report, and removes the stage in any case."""

import asyncio
from datetime import datetime, timedelta
from time import perf_counter
from uuid import UUID

import structlog

from app.core import db
from app.core.errors import MayflyError
from app.core.i18n import gettext as _
from app.pages import loading
from app.rehearsal import asking, stage
from app.rehearsal.counting import Report
from app.rehearsal.course import Course
from app.rehearsal.playing import Plan, play

log = structlog.get_logger()

NOTED_EVERY_SECONDS = 0.5
LONGEST = timedelta(minutes=15)
# A rehearsal that nobody plays and nobody noted anything of for so long has lost its worker, and its job.
FORGOTTEN_AFTER = timedelta(minutes=5)


class CalledOff(Exception):
    """Somebody cancelled the rehearsal."""


async def run(rehearsal_id: UUID, now: datetime) -> None:
    """Play a rehearsal that was asked for, from its beginning; nothing of it is left afterwards but its report.

    Does nothing when it is over, or while another worker plays it. It waits in the queue while as many are played as may
    be at once; each that ends starts the next.
    """
    async with stage.slot() as free:
        await _take_turn(rehearsal_id, now, free=free)
    if free:
        await asking.start_next()


async def _take_turn(rehearsal_id: UUID, now: datetime, *, free: bool) -> None:
    async with stage.alone(rehearsal_id) as alone:
        if alone and not free:
            await asking.put_back(rehearsal_id, now)
        begun = await asking.begin(rehearsal_id, now) if alone and free else None
        if begun is None:
            return
        started = perf_counter()
        try:
            report = await _perform(*begun, now)
            await asking.conclude(rehearsal_id, report, _later(now, started))
        except CalledOff:
            log.info("rehearsal.cancelled", rehearsal_id=str(rehearsal_id))
        except MayflyError as error:
            await asking.fail(rehearsal_id, error.message, _later(now, started))
        except Exception as error:  # whatever it was, somebody waits for an answer
            log.exception("rehearsal.failed", rehearsal_id=str(rehearsal_id))
            reason = _("It broke off: %(what)s.", what=_innermost(error))
            await asking.fail(rehearsal_id, reason, _later(now, started))
        finally:
            await stage.remove(rehearsal_id)


async def _perform(plan: Plan, page_id: UUID, now: datetime) -> Report:
    page = await loading.by_id(page_id)
    course = Course([])
    await stage.build(plan.id, page)
    started = perf_counter()
    playing = asyncio.create_task(play(plan, page, course, now), name=f"rehearsal:{plan.id}")
    try:
        while True:
            await asyncio.wait({playing}, timeout=NOTED_EVERY_SECONDS)
            later = _later(now, started)
            if playing.done():
                return playing.result()
            if not await asking.note(plan.id, course, later):
                raise CalledOff
            if later - now > LONGEST:
                raise MayflyError(_("It took too long."))
    finally:
        playing.cancel()
        await asyncio.gather(playing, return_exceptions=True)


def _later(now: datetime, started: float) -> datetime:
    return now + timedelta(seconds=perf_counter() - started)


def _innermost(error: BaseException) -> str:
    """Return what happened, without the group of those to whom it happened at once."""
    while isinstance(error, BaseExceptionGroup):
        error = error.exceptions[0]
    return type(error).__name__


async def sweep(now: datetime) -> int:
    """End what lost its worker, and remove stages that nobody plays on; return how many of both."""
    lost = await db.fetch(
        "SELECT id FROM rehearsal WHERE state = 'running' AND updated_at <= $1",
        now - FORGOTTEN_AFTER,
    )
    # Whoever should have started the next may have died.
    await asking.start_next()
    found = {row["id"] for row in lost} | set(await stage.left_over())
    return sum([await _clear(rehearsal_id, now) for rehearsal_id in found])


async def _clear(rehearsal_id: UUID, now: datetime) -> bool:
    async with stage.alone(rehearsal_id) as alone:
        if not alone:
            return False
        waiting = await db.fetch(
            "SELECT 1 FROM rehearsal WHERE id = $1 AND state = 'running' AND updated_at > $2",
            *(rehearsal_id, now - FORGOTTEN_AFTER),
        )
        if waiting:  # its worker died just now: the job comes again by itself
            return False
        await asking.fail(rehearsal_id, _("The worker was interrupted."), now)
        await stage.remove(rehearsal_id)
    return True
