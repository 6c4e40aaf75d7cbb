"""Holding: all or none, exact at the last unit, each ending once."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import db
from app.core.errors import Conflict
from app.core.ids import new_id
from app.stock import holding
from app.stock.holding import OutOfStock
from tests.factories.stock import MINUTES, TOPIC, figures, level, make_hold, make_stock


async def test_takes_units_until_none_are_left(app: Any, now: datetime) -> None:
    stock = await make_stock(3)
    await make_hold({stock: 2}, now)
    with pytest.raises(OutOfStock) as refused:
        await make_hold({stock: 2}, now)
    assert refused.value.level.available == 1
    assert refused.value.message == "Only 1 left."
    await make_hold({stock: 1}, now)
    assert await figures(stock) == (3, 0)


async def test_says_whether_held_or_gone(app: Any, now: datetime) -> None:
    stock = await make_stock(1)
    hold = await make_hold({stock: 1}, now)
    with pytest.raises(OutOfStock, match="in other baskets"):
        await make_hold({stock: 1}, now)
    assert await holding.sell(hold, now)
    with pytest.raises(OutOfStock, match="Sold out"):
        await make_hold({stock: 1}, now)


async def test_unlimited_stock_counts_too(app: Any, now: datetime) -> None:
    stock = await make_stock(None)
    hold = await make_hold({stock: 1000}, now)
    assert await holding.sell(hold, now)
    assert await figures(stock) == (0, 1000)
    assert (await level(stock)).available is None


async def test_a_basket_is_taken_whole_or_not_at_all(app: Any, now: datetime) -> None:
    plenty, scarce = await make_stock(10), await make_stock(1)
    with pytest.raises(OutOfStock) as refused:
        await make_hold({plenty: 2, scarce: 2}, now)
    assert refused.value.stock_id == scarce
    assert await figures(plenty) == (0, 0)
    assert await db.fetch_value("SELECT count(*) FROM hold") == 0
    await make_hold({plenty: 2, scarce: 1}, now)
    assert (await figures(plenty), await figures(scarce)) == ((2, 0), (1, 0))


async def test_a_refusal_inside_an_outer_transaction_takes_nothing(app: Any, now: datetime) -> None:
    plenty, scarce = await make_stock(10), await make_stock(1)
    async with db.transaction():
        with pytest.raises(OutOfStock):
            await make_hold({plenty: 2, scarce: 2}, now)
    assert await figures(plenty) == (0, 0)


async def test_an_unknown_stock_is_refused(app: Any, now: datetime) -> None:
    with pytest.raises(OutOfStock):
        await make_hold({new_id(): 1}, now)


async def test_endings_happen_once(app: Any, now: datetime) -> None:
    stock = await make_stock(5)
    hold = await make_hold({stock: 2}, now)
    assert await holding.release(hold, now)
    assert not await holding.release(hold, now)
    assert not await holding.sell(hold, now)
    assert not await holding.lapse(hold, now + MINUTES)
    assert await figures(stock) == (0, 0)


async def test_lapses_only_when_its_time_is_over(app: Any, now: datetime) -> None:
    stock = await make_stock(5)
    hold = await make_hold({stock: 2}, now)
    assert not await holding.lapse(hold, now + MINUTES - timedelta(seconds=1))
    assert await holding.lapse(hold, now + MINUTES)
    assert await figures(stock) == (0, 0)


async def test_sells_late_what_is_still_left(app: Any, now: datetime) -> None:
    stock = await make_stock(2)
    hold = await make_hold({stock: 2}, now)
    assert not await holding.sell_late(hold, now)
    await holding.lapse(hold, now + MINUTES)
    other = await make_hold({stock: 1}, now)
    assert not await holding.sell_late(hold, now)
    await holding.release(other, now)
    assert await holding.sell_late(hold, now)
    assert not await holding.sell_late(hold, now)
    assert await figures(stock) == (0, 2)


async def test_buying_at_once_says_when_the_last_is_gone(app: Any, now: datetime) -> None:
    stock = await make_stock(2)

    async def buy_one() -> bool:
        return await holding.buy(
            {stock: 1}, hold_id=new_id(), topic=TOPIC, buyer_key="buyer", now=now
        )

    assert not await buy_one()
    assert await buy_one()
    with pytest.raises(OutOfStock):
        await buy_one()
    assert await figures(stock) == (0, 2)


async def test_extended_holds_lapse_later(app: Any, clock: Any, run_jobs: Any) -> None:
    stock = await make_stock(2)
    hold = await make_hold({stock: 1}, clock.now())
    assert await holding.extend(hold, clock.now() + 2 * MINUTES)
    clock.advance(MINUTES)
    await run_jobs()
    assert await figures(stock) == (1, 0)
    clock.advance(MINUTES)
    await run_jobs()
    assert await figures(stock) == (0, 0)
    assert not await holding.extend(hold, clock.now() + MINUTES)


async def test_takes_refunded_units_back(app: Any, now: datetime) -> None:
    stock = await make_stock(2)
    hold = await make_hold({stock: 2}, now)
    await holding.sell(hold, now)
    await holding.take_back({stock: 1}, TOPIC)
    assert await figures(stock) == (0, 1)
    with pytest.raises(Conflict):
        await holding.take_back({stock: 2}, TOPIC)


async def test_tells_when_the_next_may_come_back(app: Any, now: datetime) -> None:
    stock = await make_stock(2)
    await make_hold({stock: 1}, now, lasts=2 * MINUTES)
    await make_hold({stock: 1}, now)
    assert (await level(stock)).next_release_at == now + MINUTES


async def test_the_database_itself_refuses_to_oversell(app: Any, now: datetime) -> None:
    stock = await make_stock(1)
    with pytest.raises(Exception, match="stock_not_oversold"):
        await db.execute("UPDATE stock SET sold = 2 WHERE id = $1", stock)
