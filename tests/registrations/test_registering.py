"""Registering at the same time: places are given once, an address counts once, and nothing is left half done."""

import asyncio
from typing import Any

import pytest

from app.core import db
from app.core.errors import Conflict
from app.operations.invariants import inspect
from app.pages.collecting import collection_of
from app.registrations.captcha import Solved, Unsolved, use
from app.registrations.registering import Outcome, register
from app.stock.holding import OutOfStock
from app.stock.levels import levels
from tests.factories.registrations import make_registration, sign_up
from tests.factories.types import make_event

PEOPLE = 60


async def _register(page: Any, now: Any, email: str, quantity: int = 1) -> Outcome | Conflict:
    try:
        return await register(
            await collection_of(page.id, now), sign_up(email, quantity=quantity), now
        )
    except Conflict as error:
        return error


@pytest.mark.parametrize("waitlist", [True, False])
async def test_sixty_people_want_twenty_places(owner: Any, now: Any, waitlist: bool) -> None:
    page = await make_event(
        owner.viewer, now=now, capacity=20, waitlist=waitlist, maximum_quantity=2
    )
    outcomes = await asyncio.gather(
        *(_register(page, now, f"{n}@example.com", 1 + n % 2) for n in range(PEOPLE))
    )
    states = [outcome.state for outcome in outcomes if isinstance(outcome, Outcome)]
    assert page.stock_id is not None
    level = (await levels([page.stock_id]))[page.stock_id]
    assert level.sold + level.held == 20
    if waitlist:
        assert len(states) == PEOPLE
        assert await db.fetch_value(
            "SELECT count(*) FROM waitlist_entry WHERE ended_at IS NULL"
        ) == states.count("waiting")
    else:
        assert set(states) == {"confirmed"}
        assert await db.fetch_value("SELECT count(*) FROM registration") == len(states)
    assert await inspect(now) == []


async def test_one_address_at_once_is_one_registration(owner: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now, capacity=20)
    outcomes = await asyncio.gather(
        *(_register(page, now, address) for address in ("ann@example.com", "ANN@example.com") * 8)
    )
    found = [outcome for outcome in outcomes if isinstance(outcome, Outcome)]
    assert len({outcome.registration_id for outcome in found}) == 1
    assert sum(outcome.new for outcome in found) == 1
    assert await db.fetch_value("SELECT count(*) FROM registration") == 1
    assert await inspect(now) == []


async def test_a_full_page_refuses_and_stores_nothing(owner: Any, now: Any) -> None:
    page = await make_event(owner.viewer, now=now, capacity=1, waitlist=False, maximum_quantity=3)
    collection = await collection_of(page.id, now)
    with pytest.raises(OutOfStock):
        await register(collection, sign_up(quantity=2), now)
    await make_registration(page, now)
    # As it was read before the last place went.
    with pytest.raises(OutOfStock):
        await register(collection, sign_up("bob@example.com"), now)
    assert await db.fetch_value("SELECT count(*) FROM registration") == 1
    assert await db.fetch_value("SELECT count(*) FROM registration_event") == 1
    assert await inspect(now) == []


async def test_a_solution_is_used_by_one_of_many(app: Any, now: Any) -> None:
    from app.core.ids import new_id

    solved = Solved(new_id(), now)

    async def one() -> bool | Unsolved:
        try:
            return await use(solved, new_id())
        except Unsolved as error:
            return error

    results = await asyncio.gather(*(one() for _ in range(20)))
    assert sum(result is True for result in results) == 1
