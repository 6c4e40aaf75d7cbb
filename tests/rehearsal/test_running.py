"""A rehearsal under way: one of a page, called off, interrupted, broken; its stage goes in every case."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import db
from app.core.errors import Conflict, MayflyError, NotFound
from app.core.ids import new_id
from app.pages import loading, suspending
from app.pages.loading import PageRecord
from app.rehearsal import asking, running, stage
from tests.factories.pages import make_draft, make_page
from tests.factories.rehearsals import ask_for, everything, row_of
from tests.factories.types import make_event


@pytest.fixture
async def page(owner: Any, now: datetime) -> PageRecord:
    return await make_event(owner.viewer, now=now, capacity=3)


async def is_over(rehearsal_id: Any, state: str) -> db.Record:
    row = await row_of(rehearsal_id)
    assert row["state"] == state, row["reason"]
    assert await stage.left_over() == []
    return row


async def test_one_rehearsal_of_a_page_at_a_time(
    owner: Any, now: datetime, page: PageRecord
) -> None:
    first = await ask_for(page, owner.viewer, now)
    with pytest.raises(Conflict, match="under way"):
        await ask_for(page, owner.viewer, now)
    await ask_for(page, owner.viewer, now, id=first)
    assert await db.fetch_value("SELECT count(*) FROM rehearsal") == 1
    await running.run(first, now)
    await is_over(first, "done")
    await ask_for(page, owner.viewer, now)


async def test_of_two_who_ask_at_once_one_is_refused(
    owner: Any, now: datetime, page: PageRecord
) -> None:
    both = [ask_for(page, owner.viewer, now) for _ in range(2)]
    found = await asyncio.gather(*both, return_exceptions=True)
    assert sorted(type(one).__name__ for one in found) == ["Conflict", "UUID"]


async def test_an_id_of_another_page_is_not_ours(
    owner: Any, now: datetime, page: PageRecord
) -> None:
    rehearsal_id = await ask_for(page, owner.viewer, now)
    other = await make_event(owner.viewer, now=now)
    with pytest.raises(NotFound):
        await ask_for(other, owner.viewer, now, id=rehearsal_id)


async def test_called_off_before_it_begins(owner: Any, now: datetime, page: PageRecord) -> None:
    rehearsal_id = await ask_for(page, owner.viewer, now)
    await asking.call_off(rehearsal_id, now)
    await running.run(rehearsal_id, now)
    await is_over(rehearsal_id, "cancelled")
    with pytest.raises(Conflict, match="over"):
        await asking.call_off(rehearsal_id, now)


async def test_called_off_in_the_middle(
    owner: Any, now: datetime, page: PageRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "NOTED_EVERY_SECONDS", 0.01)
    before = await everything()
    rehearsal_id = await ask_for(page, owner.viewer, now, people=500)
    playing = asyncio.create_task(running.run(rehearsal_id, now))
    while not (row := await row_of(rehearsal_id))["progress"]:
        assert row["state"] in ("queued", "running"), row["reason"]
        await asyncio.sleep(0.01)
    await asking.call_off(rehearsal_id, now)
    await playing
    row = await is_over(rehearsal_id, "cancelled")
    assert 0 < row["progress"] < 500
    assert await everything() == before


async def abandoned(page: PageRecord, owner: Any, now: datetime) -> Any:
    """Return a rehearsal whose worker died in the middle, its stage still standing."""
    rehearsal_id = await ask_for(page, owner.viewer, now)
    assert await asking.begin(rehearsal_id, now)
    await stage.build(rehearsal_id, page)
    async with stage.on(rehearsal_id):
        await db.execute("UPDATE page SET title = 'left over'")
    return rehearsal_id


async def test_another_worker_plays_it_again_after_the_first_died(
    owner: Any, now: datetime, page: PageRecord
) -> None:
    before = await everything()
    rehearsal_id = await abandoned(page, owner, now)
    await running.run(rehearsal_id, now)
    assert (await is_over(rehearsal_id, "done"))["attempts"] == 2
    assert await everything() == before


async def test_it_is_given_up_when_workers_die_of_it(
    owner: Any, now: datetime, page: PageRecord
) -> None:
    rehearsal_id = await abandoned(page, owner, now)
    for _ in range(asking.MOST_ATTEMPTS - 1):
        await asking.begin(rehearsal_id, now)
    await running.run(rehearsal_id, now)
    row = await row_of(rehearsal_id)
    assert (row["state"], "interrupted" in row["reason"]) == ("failed", True)
    assert await running.sweep(now) == 1
    await is_over(rehearsal_id, "failed")


async def test_what_was_forgotten_is_ended_and_removed(
    owner: Any, now: datetime, page: PageRecord
) -> None:
    rehearsal_id = await abandoned(page, owner, now)
    assert await running.sweep(now) == 0
    later = now + running.FORGOTTEN_AFTER + timedelta(seconds=1)
    async with stage.alone(rehearsal_id):
        assert await running.sweep(later) == 0
    assert await running.sweep(later) == 1
    assert "interrupted" in (await is_over(rehearsal_id, "failed"))["reason"]


async def test_two_workers_do_not_play_the_same(
    owner: Any, now: datetime, page: PageRecord
) -> None:
    rehearsal_id = await ask_for(page, owner.viewer, now)
    async with stage.alone(rehearsal_id) as alone:
        assert alone
        await running.run(rehearsal_id, now)
    assert (await row_of(rehearsal_id))["state"] == "queued"


async def test_what_breaks_off_says_so(
    owner: Any, now: datetime, page: PageRecord, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(*_args: Any) -> None:
        raise ExceptionGroup("all at once", [ZeroDivisionError()])

    monkeypatch.setattr(running, "play", broken)
    rehearsal_id = await ask_for(page, owner.viewer, now)
    await running.run(rehearsal_id, now)
    assert "ZeroDivisionError" in (await is_over(rehearsal_id, "failed"))["reason"]


async def test_a_database_user_that_may_not_make_a_stage_is_told(
    owner: Any, now: datetime, page: PageRecord
) -> None:
    rehearsal_id = await ask_for(page, owner.viewer, now)
    with pytest.raises(MayflyError, match="may not create schemas"):
        async with db.transaction():
            await db.execute("CREATE ROLE nobody_much")
            await db.execute("GRANT SELECT ON ALL TABLES IN SCHEMA public TO nobody_much")
            await db.execute("SET LOCAL ROLE nobody_much")
            await stage.build(rehearsal_id, page)
    assert await stage.left_over() == []


async def test_stripe_that_does_not_answer_is_a_finding(
    owner: Any, now: datetime, stripe_account: Any
) -> None:
    own = type(stripe_account)(stripe_account.base, f"{stripe_account.key}_rehearsal")
    await own.switches(api="down")
    try:
        sale = await make_draft(owner.viewer, now=now, quantity=4)
        rehearsal_id = await ask_for(sale, owner.viewer, now, people=2)
        await running.run(rehearsal_id, now)
    finally:
        await own.switches(api="up")
    assert '"payment": 2' in (await is_over(rehearsal_id, "done"))["report"]


async def test_a_page_that_can_not_come_out_is_not_rehearsed(owner: Any, now: datetime) -> None:
    over = await make_page(owner.viewer, now=now)
    later = now + timedelta(days=1)
    with pytest.raises(Conflict, match="has ended"):
        await ask_for(over, owner.viewer, later)
    with pytest.raises(Conflict, match="after the launch"):
        await ask_for(await make_draft(owner.viewer, now=now), owner.viewer, later)
    taken = await suspending.suspend((await make_page(owner.viewer, now=now)).id, "stolen", now)
    with pytest.raises(Conflict, match="suspended"):
        await ask_for(await loading.by_id(taken.id), owner.viewer, now)


async def test_every_table_has_its_copy_on_the_stage(
    owner: Any, now: datetime, page: PageRecord
) -> None:
    rehearsal_id = new_id()
    await stage.build(rehearsal_id, page)
    shape = """SELECT c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
      WHERE n.nspname = $1 AND c.relkind IN ('r', 'p') AND NOT c.relispartition ORDER BY 1"""
    real = await db.fetch(shape, "public")
    assert await db.fetch(shape, stage.name_of(rehearsal_id)) == real
    async with stage.on(rehearsal_id):
        assert [row[0] for row in await db.fetch("SELECT title FROM page")] == [page.title]
        assert await db.fetch_value('SELECT count(*) FROM "user"') == 1
        await db.execute("DELETE FROM page_content; DELETE FROM page")
    assert (await loading.by_id(page.id)).title == page.title
    await stage.remove(rehearsal_id)
