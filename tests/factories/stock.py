"""Stock for tests."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db
from app.core.ids import new_id
from app.stock import holding
from app.stock.capacity import create_stock
from app.stock.levels import Level, levels

TOPIC = "page:test"
MINUTES = timedelta(minutes=15)


async def make_stock(capacity: int | None = 5) -> UUID:
    return await create_stock(capacity)


async def make_hold(
    lines: Mapping[UUID, int], now: datetime, *, lasts: timedelta = MINUTES, then: str | None = None
) -> UUID:
    """Hold `lines` and return the hold's id. Raises OutOfStock."""
    hold_id = new_id()
    await holding.hold(
        lines,
        hold_id=hold_id,
        topic=TOPIC,
        buyer_key="buyer",
        now=now,
        until=now + lasts,
        then=then,
    )
    return hold_id


async def level(stock_id: UUID) -> Level:
    return (await levels([stock_id]))[stock_id]


async def figures(stock_id: UUID) -> tuple[int, int]:
    """Return (held, sold)."""
    found = await level(stock_id)
    return found.held, found.sold


async def broken_invariants() -> list[str]:
    """Return what is wrong with the counters: `held` must be the sum of live holds, `sold` that of sold ones."""
    rows = await db.fetch(
        """SELECT s.id, s.held, s.sold, s.capacity,
             coalesce(sum(l.quantity) FILTER (WHERE h.state = 'live'), 0) AS live,
             coalesce(sum(l.quantity) FILTER (WHERE h.state = 'sold'), 0) AS gone
           FROM stock s LEFT JOIN hold_line l ON l.stock_id = s.id LEFT JOIN hold h ON h.id = l.hold_id
           GROUP BY s.id"""
    )
    return [
        f"{row['id']}: {dict(row)}"
        for row in rows
        if row["held"] != row["live"]
        or row["sold"] != row["gone"]
        or (row["capacity"] is not None and row["held"] + row["sold"] > row["capacity"])
    ]
