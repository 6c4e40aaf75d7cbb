"""Places of a page's stock, taken and given back for registrations, and the order in which those who want them are served.

Whatever may change who waits for a page's places, or how many are free, locks the page's queue first: nobody joins the
waitlist while a place becomes free that nobody waits for, and nobody takes a place that was meant for the front.
"""

import hashlib
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.ids import new_id
from app.stock import holding


async def lock(page_id: UUID) -> None:
    """Let this transaction alone change who has, and who waits for, the places of a page, until it ends."""
    digest = hashlib.blake2b(b"places/" + page_id.bytes, digest_size=8).digest()
    await db.execute("SELECT pg_advisory_xact_lock($1)", int.from_bytes(digest, "big", signed=True))


async def take(
    stock_id: UUID | None,
    quantity: int,
    *,
    registration_id: UUID,
    topic: str,
    now: datetime,
    entry: UUID | None = None,
) -> None:
    """Take `quantity` places at once, and a use of the stock `entry`; without stocks there is nothing to take.

    Raises OutOfStock, of the places if they are short, with nothing taken.
    """
    units = _units(stock_id, quantity, entry)
    if units:
        await holding.buy(
            units,
            hold_id=new_id(),
            topic=topic,
            buyer_key=str(registration_id),
            now=now,
        )


async def give_back(
    stock_id: UUID | None, quantity: int, topic: str, entry: UUID | None = None
) -> None:
    """Free `quantity` places that were taken, and a use of `entry`. Called with the queue locked, before
    `waiting.offer_free`."""
    units = _units(stock_id, quantity, entry)
    if units:
        await holding.take_back(units, topic)


def _units(stock_id: UUID | None, quantity: int, entry: UUID | None) -> dict[UUID, int]:
    places = {stock_id: quantity} if stock_id else {}
    return places | ({entry: 1} if entry else {})
