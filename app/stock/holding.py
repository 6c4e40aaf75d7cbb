"""Taking stock and giving it back: every change is one conditional statement, whose row count says whether it happened.

Lines of a basket are taken all or none, in id order, so that two baskets never wait for each other in a circle. What
does not fit the moment the statement begins is refused without a lock or a write. No function here reads before it
writes; the table's own checks refuse what would still be wrong.
"""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from app.core import db, jobs
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.live import notified
from app.stock.levels import Level, levels
from app.stock.statements import MOVE, TAKE, TAKE_BACK
from app.stock.tables import LAPSED, LIVE, RELEASED, SOLD

# What was short may have come back before anybody could say what it was: then it is asked for again.
TRIES = 3


class OutOfStock(Conflict):
    """Not enough is left: `stock_id` is short, `level` says how the stock stands."""

    def __init__(self, stock_id: UUID, level: Level) -> None:
        self.stock_id = stock_id
        self.level = level
        super().__init__()

    def default_message(self) -> str:
        if self.level.available:
            return _("Only %(n)s left.", n=self.level.available)
        if self.level.held:
            return _("All that is left is in other baskets. Some may be released soon.")
        return _("Sold out.")


async def hold(
    lines: Mapping[UUID, int],
    *,
    hold_id: UUID,
    topic: str,
    buyer_key: str,
    now: datetime,
    until: datetime,
    then: str | None = None,
) -> None:
    """Reserve `lines` (units by stock) until `until`; then the units are free again, and the job `then`, if named, is
    queued with `{"hold_id"}`. Joins the caller's transaction.

    Raises OutOfStock, with nothing taken, when any line does not fit.
    """
    async with db.transaction():
        await _take(lines, hold_id, topic, buyer_key, now, until, LIVE)
        await _lapse_at(until, hold_id, then)


async def buy(
    lines: Mapping[UUID, int], *, hold_id: UUID, topic: str, buyer_key: str, now: datetime
) -> bool:
    """Sell `lines` at once, for what needs no payment. Return whether that sold the last unit of a stock.

    Raises OutOfStock with nothing taken.
    """
    return await _take(lines, hold_id, topic, buyer_key, now, now, SOLD)


async def release(hold_id: UUID, now: datetime) -> bool:
    """Give a live hold's units back. False when it was no longer live."""
    return await _move(hold_id, (LIVE,), RELEASED, now, held=-1)


async def lapse(hold_id: UUID, now: datetime) -> bool:
    """Give back the units of a live hold whose time is over. False when it is not over, or not live any more."""
    return await _move(hold_id, (LIVE,), LAPSED, now, over_at=now, held=-1)


async def sell(hold_id: UUID, now: datetime) -> bool:
    """Turn a live hold's units into sold ones. False when it was no longer live."""
    return await _move(hold_id, (LIVE,), SOLD, now, held=-1, sold=1)


async def sell_late(hold_id: UUID, now: datetime) -> bool:
    """Sell the units of a hold that ended, if as many are still left. False when they are not."""
    return await _move(hold_id, (LAPSED, RELEASED), SOLD, now, sold=1)


async def extend(hold_id: UUID, until: datetime) -> bool:
    """Let a live hold end no earlier than `until`; its waiting job finds that out. False when it was no longer live."""
    return bool(
        await db.execute(
            "UPDATE hold SET expires_at = greatest(expires_at, $2) WHERE id = $1 AND state = 'live'",
            hold_id,
            until,
        )
    )


async def hold_again(hold_id: UUID, now: datetime, until: datetime) -> bool:
    """Make a hold that ended live again until `until`, if as many units are still left. False when they are not, or when
    it was sold. Joins the caller's transaction."""
    if not await _move(hold_id, (LAPSED, RELEASED), LIVE, now, held=1):
        return False
    await db.execute("UPDATE hold SET expires_at = $2 WHERE id = $1", hold_id, until)
    return True


async def live_until(hold_id: UUID) -> datetime | None:
    """Return when a live hold ends; None when it is no longer live."""
    return await db.fetch_value(
        "SELECT expires_at FROM hold WHERE id = $1 AND state = 'live'", hold_id
    )


async def take_back(lines: Mapping[UUID, int], topic: str) -> None:
    """Put sold units (by stock) on sale again, after a refund. Raises Conflict when fewer were sold."""
    ordered = sorted(lines.items())
    rows = await db.fetch(
        TAKE_BACK,
        [stock_id for stock_id, _quantity in ordered],
        [quantity for _stock_id, quantity in ordered],
        topic,
    )
    if len(rows) != len(lines):
        raise Conflict
    await notified(topic)


async def _take(
    lines: Mapping[UUID, int],
    hold_id: UUID,
    topic: str,
    buyer_key: str,
    now: datetime,
    until: datetime,
    state: str,
) -> bool:
    ordered = sorted(lines.items())
    for _try in range(TRIES):
        taken = await db.fetch(
            TAKE,
            hold_id,
            [stock_id for stock_id, _quantity in ordered],
            [quantity for _stock_id, quantity in ordered],
            topic,
            buyer_key,
            now,
            until,
            state,
            1 if state == LIVE else 0,
        )
        if taken:
            await notified(topic)
            return bool(taken[0]["gone"])
        if short := await _shortage(lines):
            raise short
    # As every refusal saw it, something was short.
    raise OutOfStock(ordered[0][0], Level(capacity=0, held=0, sold=0, next_release_at=None))


async def _shortage(lines: Mapping[UUID, int]) -> OutOfStock | None:
    """Return what is short of `lines`; None when units came back between the refusal and this look."""
    found = await levels(lines)
    for stock_id, quantity in lines.items():
        level = found.get(stock_id)
        if level is None or (level.available is not None and level.available < quantity):
            return OutOfStock(stock_id, level or Level(0, 0, 0, None))
    return None


async def _move(
    hold_id: UUID,
    states: tuple[str, ...],
    state: str,
    now: datetime,
    *,
    over_at: datetime | None = None,
    held: int = 0,
    sold: int = 0,
) -> bool:
    moved = await db.fetch(MOVE, hold_id, list(states), state, now, over_at, held, sold)
    for row in moved:
        await notified(row["topic"])
    return bool(moved)


async def _lapse_at(until: datetime, hold_id: UUID, then: str | None) -> None:
    await jobs.enqueue("stock.lapse", {"hold_id": str(hold_id), "then": then}, run_at=until)
