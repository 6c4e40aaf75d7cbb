"""Rehearsals take turns: so many at once, in the order in which they were asked for, few of one organization."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import db
from app.core.errors import Conflict
from app.core.settings import get_settings
from app.rehearsal import asking, running, stage
from app.rehearsal.queries import rehearsal_of
from tests.factories.rehearsals import ask_for, row_of
from tests.factories.types import make_event

SECOND = timedelta(seconds=1)


async def jobs_of_rehearsals() -> list[str]:
    rows = await db.fetch(
        "SELECT convert_from(payload, 'UTF8') AS payload FROM pgqueuer WHERE entrypoint = $1 ORDER BY id",
        asking.PLAY_JOB,
    )
    return [row["payload"] for row in rows]


async def test_one_is_played_at_a_time_and_the_next_begins_by_itself(
    owner: Any, now: datetime
) -> None:
    pages = [await make_event(owner.viewer, now=now) for _ in range(3)]
    asked = [await ask_for(page, owner.viewer, now + n * SECOND) for n, page in enumerate(pages)]
    async with stage.slot() as free:
        assert free
        async with stage.slot() as another:
            assert not another
        await running.run(asked[1], now)
        assert (await row_of(asked[1]))["state"] == "queued"
    before = len(await jobs_of_rehearsals())
    # The one that ends starts the one that has waited longest.
    await running.run(asked[1], now)
    assert (await row_of(asked[1]))["state"] == "done"
    queued = await jobs_of_rehearsals()
    assert len(queued) == before + 1 and str(asked[0]) in queued[-1]


async def test_as_many_as_the_installation_wants(
    now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "rehearsals_at_once", 2)
    async with stage.slot() as first, stage.slot() as second, stage.slot() as third:
        assert (first, second, third) == (True, True, False)


async def test_the_place_in_the_queue_is_shown(owner: Any, now: datetime) -> None:
    pages = [await make_event(owner.viewer, now=now) for _ in range(3)]
    asked = [await ask_for(page, owner.viewer, now + n * SECOND) for n, page in enumerate(pages)]
    ahead = [
        (await rehearsal_of(page.id, one)).ahead for page, one in zip(pages, asked, strict=True)
    ]
    assert ahead == [0, 1, 2]
    shown = (await owner.get(f"/console/pages/{pages[2].id}/rehearsals/{asked[2]}")).text
    assert "2 rehearsals are before this one" in shown
    first = (await owner.get(f"/console/pages/{pages[0].id}/rehearsals/{asked[0]}")).text
    assert "before this one" not in first


async def test_an_organization_has_few_even_asked_for_at_once(owner: Any, now: datetime) -> None:
    most = get_settings().rehearsals_per_organization
    pages = [await make_event(owner.viewer, now=now) for _ in range(most + 2)]
    found = await asyncio.gather(
        *(ask_for(page, owner.viewer, now) for page in pages), return_exceptions=True
    )
    refused = [one for one in found if isinstance(one, Conflict)]
    assert len(refused) == 2 and "At most" in refused[0].message
    assert await db.fetch_value("SELECT count(*) FROM rehearsal") == most


async def test_one_whose_worker_died_waits_again_while_another_is_played(
    owner: Any, now: datetime
) -> None:
    page = await make_event(owner.viewer, now=now)
    rehearsal_id = await ask_for(page, owner.viewer, now)
    assert await asking.begin(rehearsal_id, now)
    async with stage.slot():
        await running.run(rehearsal_id, now)
        assert (await row_of(rehearsal_id))["state"] == "queued"
    await running.run(rehearsal_id, now)
    assert (await row_of(rehearsal_id))["state"] == "done"


async def test_the_sweep_starts_what_nobody_started(owner: Any, now: datetime) -> None:
    page = await make_event(owner.viewer, now=now)
    rehearsal_id = await ask_for(page, owner.viewer, now)
    await db.execute("DELETE FROM pgqueuer")
    await running.sweep(now)
    assert str(rehearsal_id) in (await jobs_of_rehearsals())[-1]
