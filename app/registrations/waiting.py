"""The waitlist of a page's places. Every function joins the caller's transaction, with the queue locked (`seats.lock`)."""

from datetime import datetime
from uuid import UUID

from app.core import db, jobs
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.pages.collecting import collection_of
from app.registrations import queries
from app.registrations.offering import entry_of, hold_again, offer_free
from app.registrations.recording import record
from app.stock import holding

__all__ = ["anyone_waits", "join", "leave", "offer_free", "place_of", "want"]

JOINED_JOB = "registrations.joined"


async def anyone_waits(page_id: UUID) -> bool:
    """Whether somebody waits for places of the page, or has an offer open: then newcomers queue behind them."""
    return bool(
        await db.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM waitlist_entry WHERE page_id = $1 AND ended_at IS NULL)",
            page_id,
        )
    )


async def join(registration_id: UUID, now: datetime) -> None:
    """Put a new registration, whose places could not be taken, behind everyone who waits.

    At the front it is offered what is left, which may be a part of what it wants.
    """
    row = await db.fetch_one(
        """UPDATE registration SET state = 'waiting', stock_id = NULL, entry_stock_id = NULL, updated_at = $2 WHERE id = $1
           RETURNING page_id, quantity""",
        *(registration_id, now),
    )
    assert row is not None
    await db.execute(
        """INSERT INTO waitlist_entry (id, registration_id, page_id, quantity, position, state, offered, created_at)
           SELECT $1, $2, $3, $4, coalesce(max(position), 0) + 1, 'waiting', 0, $5 FROM waitlist_entry WHERE page_id = $3""",
        *(new_id(), registration_id, row["page_id"], row["quantity"], now),
    )
    await record(registration_id, "queued", now)
    await jobs.enqueue(JOINED_JOB, {"registration_id": registration_id})
    await offer_free(row["page_id"], now)


async def leave(registration_id: UUID, now: datetime) -> None:
    """End the wait of a registration, and give back what was offered to it."""
    entry = await entry_of(registration_id)
    if entry is None:
        return
    if entry.hold_id is not None:
        await holding.release(entry.hold_id, now)
    await db.execute(
        "UPDATE waitlist_entry SET state = 'left', ended_at = $2 WHERE id = $1", *(entry.id, now)
    )


async def want(registration_id: UUID, quantity: int, now: datetime) -> None:
    """Let one who waits wait for fewer places, in the same position; what is offered beyond goes to the next.

    Raises Conflict for more: others are behind.
    """
    before = await queries.registration_of(registration_id)
    entry = await entry_of(registration_id)
    if quantity > before.quantity or entry is None:
        raise Conflict(_("You can't wait for more places than you asked for at first."))
    if entry.hold_id is not None and entry.offer_expires_at is not None and entry.overdue(now):
        raise Conflict(_("The offer has run out."))
    fewer = min(entry.offered, quantity)
    if entry.offered > quantity and entry.offer_expires_at is not None:
        collection = await collection_of(before.page_id, now)
        if collection.stock_id is not None:
            until = entry.offer_expires_at
            await hold_again(collection, collection.stock_id, entry, fewer, until, now)
    await db.execute("UPDATE waitlist_entry SET quantity = $2 WHERE id = $1", *(entry.id, quantity))
    await offer_free(before.page_id, now)


async def place_of(registration_id: UUID) -> int | None:
    """Return how far from the front somebody waits (1 is the front); None when they don't."""
    return await db.fetch_value(
        """SELECT (SELECT count(*) FROM waitlist_entry ahead WHERE ahead.page_id = own.page_id
             AND ahead.ended_at IS NULL AND ahead.offered < ahead.quantity AND ahead.position <= own.position)
           FROM waitlist_entry own WHERE own.registration_id = $1 AND own.state = 'waiting'""",
        registration_id,
    )
