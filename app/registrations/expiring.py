"""Erasing all registrations of pages that are over: as their creator promised, or because the creator goes.

Nobody takes the places any more, so none are offered to those who wait; stock and counts are kept right all the same.
"""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from app.core import db
from app.notifications.forgetting import forget_all, forget_list
from app.pages.collecting import collection_of
from app.pages.keeping import pages_due
from app.registrations import counting, seats, waiting
from app.registrations.emails import send_expired
from app.registrations.tables import CANCELLED, SEATED
from app.stock import holding

BATCH = 500


class OnPages:
    """Registrations on pages whose creator set how long after the end they are kept. A `core.retaining.Sweep`."""

    async def count(self, before: datetime) -> int:
        return await count_on(await pages_due(before))

    async def run(self, before: datetime) -> int:
        total = 0
        for page_id in await pages_due(before):
            erased = await erase_on(page_id, before)
            if erased:
                await send_expired(await collection_of(page_id, before), erased, before)
            total += erased
        return total


async def count_on(page_ids: Sequence[UUID]) -> int:
    """Return how many registrations these pages have, in whatever state."""
    return await db.fetch_value(
        "SELECT count(*) FROM registration WHERE page_id = ANY($1::uuid[])", list(page_ids)
    )


async def erase_on(page_id: UUID, now: datetime) -> int:
    """Erase every registration of a page that is over, with what was typed and never confirmed and who unsubscribed from
    it; return how many. In batches, so that it can be stopped in between and goes on the next time."""
    total = 0
    while done := await _batch(page_id, now):
        total += done
    async with db.transaction():
        await db.execute("DELETE FROM pending_registration WHERE page_id = $1", page_id)
        await forget_list(page_id)
    return total


async def _batch(page_id: UUID, now: datetime) -> int:
    async with db.transaction():
        await seats.lock(page_id)
        rows = await db.fetch(
            """SELECT id, state, quantity, stock_id, entry_stock_id FROM registration
               WHERE page_id = $1 ORDER BY id LIMIT $2 FOR UPDATE""",
            *(page_id, BATCH),
        )
        standing = sum(row["state"] != CANCELLED for row in rows)
        await counting.less(page_id, standing)
        for row in rows:
            if row["state"] not in (*SEATED, CANCELLED):
                await waiting.leave(row["id"], now)
        if units := _units(rows):
            await holding.take_back(units, f"page:{page_id}")
        ids = [row["id"] for row in rows]
        await forget_all(ids)
        await db.execute("DELETE FROM registration WHERE id = ANY($1::uuid[])", ids)
    return len(ids)


def _units(rows: Sequence[db.Record]) -> dict[UUID, int]:
    """Return what the seated of `rows` have of each stock."""
    units: Counter[UUID] = Counter()
    for row in rows:
        if row["state"] in SEATED:
            if row["stock_id"] is not None:
                units[row["stock_id"]] += row["quantity"]
            if row["entry_stock_id"] is not None:
                units[row["entry_stock_id"]] += 1
    return dict(units)
