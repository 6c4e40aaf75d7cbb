"""Time passes on the stage: its jobs run when they are due, with the clock moved there, and nothing leaves the house."""

from datetime import datetime

from app.core import jobs
from app.core.clock import ManualClock

# Whose jobs run. Messages are made by these and only counted: the jobs that would send them are left alone.
MODULES = ("stock", "pages", "orders", "registrations")
# No rehearsal has so many; one that does goes round in circles.
MOST_JOBS = 50_000


async def settle(clock: ManualClock) -> None:
    """Run what is due now."""
    await jobs.drain(clock.now(), among=MODULES, limit=MOST_JOBS)


async def pass_until(clock: ManualClock, end: datetime) -> None:
    """Move the clock to `end`, from job to job."""
    await settle(clock)
    while (at := await jobs.next_run_at(MODULES)) is not None and at <= end:
        clock.moment = max(at, clock.moment)
        await settle(clock)
    clock.moment = max(end, clock.moment)
