"""The waitlist of a page's places. Every function joins the caller's transaction, with the queue locked (`seats.lock`)."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.registrations import queries
from app.registrations.recording import record


async def anyone_waits(page_id: UUID) -> bool:
    """Whether somebody waits for places of the page, or has an offer open: then newcomers queue behind them."""
    return bool(
        await db.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM registration WHERE page_id = $1 AND state IN ('waiting', 'offered'))",
            page_id,
        )
    )


async def join(registration_id: UUID, now: datetime) -> None:
    """Put a new registration, whose places could not be taken, behind everyone who waits."""
    await db.execute(
        "UPDATE registration SET state = 'waiting', stock_id = NULL, updated_at = $2 WHERE id = $1",
        registration_id,
        now,
    )
    await record(registration_id, "queued", now)


async def leave(registration_id: UUID, now: datetime) -> None:
    """End the wait of a registration, and give back what was offered to it."""


async def offer_free(page_id: UUID, now: datetime) -> None:
    """Offer what is free to those who wait, in their order."""


async def want(registration_id: UUID, quantity: int, now: datetime) -> None:
    """Let one who waits wait for fewer places, in the same position. Raises Conflict for more: others are behind."""
    before = await queries.registration_of(registration_id)
    if quantity > before.quantity:
        raise Conflict(_("You can't wait for more places than you asked for at first."))
