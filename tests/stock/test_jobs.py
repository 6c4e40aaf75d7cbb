"""Holds lapse on time, by their own job or, when that was lost, by the sweep."""

from datetime import timedelta
from typing import Any

from app.core import db, jobs
from app.stock.jobs import SWEEP_AFTER, sweep
from tests.factories.stock import MINUTES, figures, make_hold, make_stock


async def test_the_job_lapses_and_queues_what_was_asked_for(
    app: Any, clock: Any, run_jobs: Any
) -> None:
    seen: list[str] = []

    async def note(payload: jobs.Payload, now: Any) -> None:
        seen.append(payload["hold_id"])

    jobs.registry.handlers["test.lapsed"] = note
    stock = await make_stock(1)
    hold = await make_hold({stock: 1}, clock.now(), then="test.lapsed")
    clock.advance(MINUTES - timedelta(seconds=1))
    await run_jobs()
    assert await figures(stock) == (1, 0)
    clock.advance(timedelta(seconds=1))
    await run_jobs()
    assert await figures(stock) == (0, 0)
    assert seen == [str(hold)]
    del jobs.registry.handlers["test.lapsed"]


async def test_the_sweep_finds_what_was_lost(app: Any, clock: Any) -> None:
    stock = await make_stock(1)
    await make_hold({stock: 1}, clock.now())
    await db.execute("DELETE FROM pgqueuer")
    await sweep({}, clock.now() + MINUTES)
    assert await figures(stock) == (1, 0)
    await sweep({}, clock.now() + MINUTES + SWEEP_AFTER)
    assert await figures(stock) == (0, 0)
