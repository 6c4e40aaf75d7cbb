"""Offering what is free to those who wait: a hold with a window, in strict order, of all or a part of what they want.

Everything but `refill`, `sweep` and `lapse_hold` joins the caller's transaction, with the queue locked (`seats.lock`).
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db, jobs
from app.core.errors import NotFound
from app.core.ids import new_id
from app.pages.collecting import Collection, collection_of
from app.pages.types.base import Acceptance
from app.registrations import counting, seats
from app.registrations.recording import record
from app.stock import holding
from app.stock.holding import OutOfStock
from app.stock.levels import levels

OFFERED_JOB = "registrations.offered"
LAPSED_JOB = "registrations.lapsed"
# Queued by stock when an offer's hold has ended.
HOLD_LAPSED_JOB = "registrations.hold_lapsed"
# Before registration opens, while it is paused and once it is closed nothing is offered.
OFFERING = (Acceptance.OPEN, Acceptance.WAITLIST, Acceptance.FULL)
# Moments of a type at which an offer ends however long its window is.
CLOSING = ("closed", "started")
SWEPT = 200
_SELECT = (
    "SELECT id, registration_id, quantity, offered, hold_id, offer_expires_at FROM waitlist_entry"
)


@dataclass(frozen=True)
class Entry:
    """One open wait. `offered` of the `quantity` places wanted lie in the hold `hold_id` until `offer_expires_at`."""

    id: UUID
    registration_id: UUID
    quantity: int
    offered: int
    hold_id: UUID | None
    offer_expires_at: datetime | None

    def overdue(self, now: datetime) -> bool:
        return self.offer_expires_at is not None and self.offer_expires_at <= now


async def entries_of(page_id: UUID) -> list[Entry]:
    """Return the open waits of a page, front first."""
    return await _entries("page_id = $1", page_id)


async def entry_of(registration_id: UUID) -> Entry | None:
    """Return the open wait of a registration."""
    found = await _entries("registration_id = $1", registration_id)
    return found[0] if found else None


async def entry_by_id(entry_id: UUID) -> Entry | None:
    """Return a wait, open or not; None when its registration was erased."""
    row = await db.fetch_one(f"{_SELECT} WHERE id = $1", entry_id)
    return Entry(**dict(row)) if row else None


async def _entries(condition: str, value: UUID) -> list[Entry]:
    rows = await db.fetch(
        f"{_SELECT} WHERE {condition} AND ended_at IS NULL ORDER BY position", value
    )
    return [Entry(**dict(row)) for row in rows]


async def offer_free(page_id: UUID, now: datetime) -> None:
    """Offer what is free to those who wait, front first: nobody gets a place while one further ahead wants more."""
    if not await entries_of(page_id):
        return
    collection = await collection_of(page_id, now)
    for entry in await entries_of(page_id):
        if entry.overdue(now):
            await lapse(entry, now)
    stock_id = collection.stock_id
    if stock_id is None or collection.accepts not in OFFERING:
        return
    level = (await levels([stock_id]))[stock_id]
    free = level.available
    for entry in await entries_of(page_id):
        wanted = entry.quantity - entry.offered
        more = wanted if free is None else min(wanted, free)
        if wanted and more <= 0:
            return
        if wanted and not await _offer(collection, stock_id, entry, entry.offered + more, now):
            return
        free = None if free is None else free - more


async def _offer(
    collection: Collection, stock_id: UUID, entry: Entry, quantity: int, now: datetime
) -> bool:
    """Hold `quantity` places for an entry, in place of those it was offered before, with a window of its own.

    False when somebody without a waitlist's lock was faster.
    """
    if not await hold_again(collection, stock_id, entry, quantity, window(collection, now), now):
        return False
    await record(entry.registration_id, "offered", now, quantity=quantity)
    await jobs.enqueue(OFFERED_JOB, {"registration_id": entry.registration_id})
    return True


async def hold_again(
    collection: Collection,
    stock_id: UUID,
    entry: Entry,
    quantity: int,
    until: datetime,
    now: datetime,
) -> bool:
    """Let an entry's offer be a hold of `quantity` places until `until`. False when they can't be had."""
    if entry.hold_id is not None:
        await holding.release(entry.hold_id, now)
    hold_id = new_id()
    try:
        await holding.hold(
            {stock_id: quantity},
            hold_id=hold_id,
            topic=collection.topic,
            buyer_key=str(entry.registration_id),
            now=now,
            until=until,
            then=HOLD_LAPSED_JOB,
        )
    except OutOfStock:
        if entry.hold_id is not None:
            await lapse(entry, now)
        return False
    await db.execute(
        """UPDATE waitlist_entry SET state = 'offered', offered = $2, hold_id = $3, offered_at = $4, offer_expires_at = $5
           WHERE id = $1""",
        *(entry.id, quantity, hold_id, now, until),
    )
    await db.execute(
        "UPDATE registration SET state = 'offered', updated_at = $2 WHERE id = $1",
        *(entry.registration_id, now),
    )
    return True


def window(collection: Collection, now: datetime) -> datetime:
    """Return until when an offer made now is kept: as long as the creator says, but no longer than registration is open."""
    ends = [now + timedelta(minutes=collection.asks.offer_minutes), collection.times.expires_at]
    ends += [collection.moment(name) for name in CLOSING]
    return min(end for end in ends if end is not None)


async def lapse(entry: Entry, now: datetime) -> None:
    """End an offer that nobody took, and the registration with it. The caller offers what is free then."""
    if entry.hold_id is not None:
        await holding.lapse(entry.hold_id, now)
    ended = await db.execute(
        "UPDATE waitlist_entry SET state = 'lapsed', ended_at = $2 WHERE id = $1 AND state = 'offered'",
        *(entry.id, now),
    )
    if not ended:
        return
    page_id = await db.fetch_value(
        """UPDATE registration SET state = 'cancelled', cancelled_at = $2, updated_at = $2
           WHERE id = $1 AND state <> 'cancelled' RETURNING page_id""",
        *(entry.registration_id, now),
    )
    if page_id is not None:
        await counting.one_less(page_id)
    await record(entry.registration_id, "lapsed", now)
    await jobs.enqueue(LAPSED_JOB, {"registration_id": entry.registration_id})


async def refill(page_id: UUID, now: datetime) -> None:
    """Let offers that are over lapse, and offer what is free. May be called at any time, any number of times."""
    async with db.transaction():
        await seats.lock(page_id)
        try:
            await offer_free(page_id, now)
        except NotFound:
            return


async def lapse_hold(hold_id: UUID, now: datetime) -> None:
    """Act on an offer's hold that has ended."""
    page_id = await db.fetch_value(
        "SELECT page_id FROM waitlist_entry WHERE hold_id = $1 AND state = 'offered'", hold_id
    )
    if page_id is not None:
        await refill(page_id, now)


async def sweep(now: datetime) -> None:
    """Find offers that are over though nobody was told; the jobs that should have done it may be lost."""
    rows = await db.fetch(
        "SELECT DISTINCT page_id FROM waitlist_entry WHERE state = 'offered' AND offer_expires_at <= $1 LIMIT $2",
        *(now, SWEPT),
    )
    for row in rows:
        await refill(row["page_id"], now)
