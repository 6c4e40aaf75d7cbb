"""The rush: many buyers, few units, two web processes, a connection for each buyer."""

import asyncio
from collections import Counter
from collections.abc import AsyncGenerator, Iterator
from datetime import datetime
from typing import Any

import pytest

from app.core import db
from tests.concurrency.house import (
    GONE,
    STANDS,
    TOO_MANY,
    Buyer,
    House,
    delivered_once,
    idle,
    open_house,
    sessions,
    states,
    until,
)
from tests.factories.orders import Sale, make_sale
from tests.factories.stock import figures

# Its servers are started once.
pytestmark = pytest.mark.xdist_group("rush")

BUYERS = 200
UNITS = 20


async def rush(buyers: list[Buyer], sale: Sale, *quantities: int) -> Counter[int]:
    """Let all press at once; return how often each answer came."""
    return Counter(await asyncio.gather(*[buyer.take(sale, *quantities) for buyer in buyers]))


async def test_two_hundred_buyers_and_twenty_free_units(
    house: House, owner: Any, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now, discount=100, quantity=UNITS)
    answers = await rush([house.buyer(n) for n in range(BUYERS)], sale)
    assert answers == {STANDS: UNITS, GONE: BUYERS - UNITS}
    assert await figures(sale.stock_id) == (0, UNITS)
    assert await states() == {"completed": UNITS}
    assert await db.fetch_value("SELECT count(*) FROM hold") == UNITS, "refusals wrote something"
    assert await db.fetch_value("SELECT ended_cause FROM page") == "limit"
    await until("all is delivered", idle)
    await delivered_once()


async def test_two_hundred_buyers_and_twenty_paid_units(
    house: House, owner: Any, now: datetime, stripe_account: Any
) -> None:
    sale = await make_sale(owner.viewer, now, quantity=UNITS)
    answers = await rush([house.buyer(n) for n in range(BUYERS)], sale)
    assert answers == {STANDS: UNITS, GONE: BUYERS - UNITS}
    assert await figures(sale.stock_id) == (UNITS, 0)
    pages = await sessions()
    assert len(set(pages)) == UNITS
    await asyncio.gather(*[stripe_account.pay(session_id) for session_id in pages])

    async def all_completed() -> bool:
        return await states() == {"completed": UNITS} and await idle()

    await until("all are completed", all_completed)
    assert await figures(sale.stock_id) == (0, UNITS)
    assert await db.fetch_value("SELECT ended_cause FROM page") == "limit"
    await delivered_once()


async def test_two_lines_of_one_stock_are_one_demand(
    house: House, owner: Any, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now, prices=(1000, 500), discount=100, quantity=21)
    answers = await rush([house.buyer(n) for n in range(60)], sale, 1, 1)
    assert answers == {STANDS: 10, GONE: 50}
    assert await figures(sale.stock_id) == (0, 20)
    assert await rush([house.buyer(n) for n in range(100, 110)], sale, 1, 0) == {STANDS: 1, GONE: 9}


async def test_two_tabs_keep_the_limit_of_a_buyer(house: House, owner: Any, now: datetime) -> None:
    """Tabs of one customer in two browsers, and of one browser with two addresses, on different processes."""
    sale = await make_sale(owner.viewer, now, discount=100, quantity=50, per_buyer=2)
    tabs = [house.buyer(n, "ann@example.com") for n in range(12)]
    assert await rush(tabs, sale) == {STANDS: 2, GONE: 10}
    first = house.buyer(0, "first@example.com")
    assert await first.take(sale) == STANDS
    shared = [house.buyer(n, f"alias{n}@example.com") for n in range(12)]
    for tab in shared:
        tab.cookie = first.cookie
    assert await rush(shared, sale) == {STANDS: 1, GONE: 11}
    assert await rush([house.buyer(n, "bob@example.com") for n in range(6)], sale, 3) == {
        TOO_MANY: 6
    }
    assert await figures(sale.stock_id) == (0, 4)


@pytest.fixture
def unguarded_processes(app: Any, tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    with open_house(
        tmp_path_factory.mktemp("unguarded"), "tests.concurrency.unguarded:create_app"
    ) as house:
        yield house


@pytest.fixture
async def unguarded_house(unguarded_processes: House) -> AsyncGenerator[House, None]:
    await db.execute("ALTER TABLE stock DROP CONSTRAINT stock_not_oversold")
    yield unguarded_processes
    await until("every job is done", idle)
    await db.execute("UPDATE stock SET held = 0, sold = 0")
    await db.execute(
        "ALTER TABLE stock ADD CONSTRAINT stock_not_oversold CHECK (held + sold <= capacity)"
    )


async def test_without_the_guard_the_same_rush_oversells(
    owner: Any, unguarded_house: House, now: datetime
) -> None:
    sale = await make_sale(owner.viewer, now, discount=100, quantity=UNITS)
    answers = await rush([unguarded_house.buyer(n) for n in range(BUYERS)], sale)
    _held, sold = await figures(sale.stock_id)
    assert sold == answers[STANDS] > UNITS
