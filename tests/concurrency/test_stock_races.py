"""Races for the last units, over real connections. The controls show that it is the guard that decides them."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest

from app.core import db
from app.stock import holding, statements
from app.stock.holding import OutOfStock
from tests.factories.stock import MINUTES, broken_invariants, figures, make_hold, make_stock

BUYERS = 50
UNITS = 5
_GUARDS = (
    "WHERE s.capacity IS NULL OR s.held + s.sold + 1 * w.quantity <= s.capacity",
    "AND (s.capacity IS NULL OR s.held + s.sold + l.quantity <= s.capacity)",
)


async def _winners(attempts: list[Awaitable[Any]]) -> list[Any]:
    """Run all attempts at once; return what those that got something return."""
    results = await asyncio.gather(*attempts, return_exceptions=True)
    unexpected = [r for r in results if isinstance(r, Exception) and not isinstance(r, OutOfStock)]
    assert unexpected == []
    return [r for r in results if not isinstance(r, BaseException)]


async def test_fifty_buyers_and_five_units(app: Any, now: datetime) -> None:
    stock = await make_stock(UNITS)
    won = await _winners([make_hold({stock: 1}, now) for _ in range(BUYERS)])
    assert len(won) == UNITS
    assert await figures(stock) == (UNITS, 0)
    assert await db.fetch_value("SELECT count(*) FROM hold") == UNITS


async def test_while_others_come_and_go(app: Any, now: datetime) -> None:
    stock = await make_stock(UNITS)

    async def try_then(end: Any) -> UUID:
        hold = await make_hold({stock: 1}, now)
        await end(hold, now)
        return hold

    ends = [holding.release, holding.sell, holding.release]
    await _winners([try_then(ends[n % 3]) for n in range(90)])
    held, sold = await figures(stock)
    assert held == 0
    assert sold <= UNITS
    assert await broken_invariants() == []


async def test_baskets_in_any_order_never_wait_in_a_circle(app: Any, now: datetime) -> None:
    stocks = [await make_stock(20) for _ in range(4)]
    baskets = [dict.fromkeys(stocks[n % 4 :] + stocks[: n % 4], 1) for n in range(BUYERS)]
    won = await _winners([make_hold(basket, now) for basket in baskets])
    assert len(won) == 20
    assert await broken_invariants() == []


async def test_two_lines_on_one_stock_count_together(app: Any, now: datetime) -> None:
    stock = await make_stock(5)
    won = await _winners([make_hold({stock: 2}, now) for _ in range(20)])
    assert len(won) == 2
    assert await figures(stock) == (4, 0)


async def test_one_hold_ends_once(app: Any, now: datetime) -> None:
    stock = await make_stock(1)
    for _ in range(10):
        hold = await make_hold({stock: 1}, now)
        later = now + MINUTES
        ends = [holding.sell(hold, later), holding.lapse(hold, later), holding.release(hold, later)]
        assert sum(await asyncio.gather(*ends)) == 1
        assert await broken_invariants() == []
        if await figures(stock) == (0, 1):
            await db.execute("UPDATE stock SET sold = 0 WHERE id = $1", stock)
            await db.execute("DELETE FROM hold")


async def test_a_late_payment_races_new_buyers(app: Any, now: datetime) -> None:
    stock = await make_stock(1)
    for _ in range(10):
        hold = await make_hold({stock: 1}, now)
        await holding.lapse(hold, now + MINUTES)
        late, *others = await asyncio.gather(
            holding.sell_late(hold, now),
            *[make_hold({stock: 1}, now) for _ in range(5)],
            return_exceptions=True,
        )
        assert [late, *(isinstance(other, UUID) for other in others)].count(True) == 1
        assert await broken_invariants() == []
        await db.execute("DELETE FROM hold")
        await db.execute("UPDATE stock SET sold = 0, held = 0 WHERE id = $1", stock)


@pytest.fixture
async def unguarded(app: Any, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[None, None]:
    """The same statement without its conditions, on a table without its check."""
    take = statements.TAKE
    for guard in _GUARDS:
        assert guard in take
        take = take.replace(guard, "")
    monkeypatch.setattr(holding, "TAKE", take)
    await db.execute("ALTER TABLE stock DROP CONSTRAINT stock_not_oversold")
    yield
    await db.execute("DELETE FROM hold")
    await db.execute("DELETE FROM stock")
    await db.execute(
        "ALTER TABLE stock ADD CONSTRAINT stock_not_oversold CHECK (held + sold <= capacity)"
    )


async def test_without_the_guard_it_oversells(unguarded: None, now: datetime) -> None:
    stock = await make_stock(UNITS)
    won = await _winners([make_hold({stock: 1}, now) for _ in range(BUYERS)])
    assert len(won) > UNITS


async def test_looking_before_taking_oversells(unguarded: None, now: datetime) -> None:
    """The other classic: count in one statement, take in the next, without a lock in between."""
    stock = await make_stock(UNITS)
    seen = asyncio.Barrier(BUYERS)

    async def look_and_take() -> bool:
        free: bool = await db.fetch_value(
            "SELECT held + sold < capacity FROM stock WHERE id = $1", stock
        )
        await seen.wait()
        return free and bool(
            await db.execute("UPDATE stock SET held = held + 1 WHERE id = $1", stock)
        )

    assert sum(await asyncio.gather(*[look_and_take() for _ in range(BUYERS)])) > UNITS
