"""Cancelling: the places go to the waitlist's front, or back on offer, in the transaction that cancels."""

from datetime import datetime
from uuid import UUID

from app.core import db, jobs
from app.notifications.forgetting import withdraw
from app.pages.collecting import Collection
from app.registrations import counting, queries, seats, waiting
from app.registrations.queries import RegistrationView
from app.registrations.recording import record
from app.registrations.tables import CANCELLED

CANCELLED_JOB = "registrations.cancelled"


async def cancel(
    collection: Collection,
    registration_id: UUID,
    now: datetime,
    *,
    actor_id: UUID | None = None,
    tell: bool = True,
) -> bool:
    """Cancel a registration; `actor_id` is the colleague who does it, None the registrant. False when it was already.

    With `tell`, the registrant gets a mail. Raises NotFound when it was erased.
    """
    async with db.transaction():
        await seats.lock(collection.page_id)
        registration = await queries.locked(registration_id)
        if not registration.standing:
            return False
        await db.execute(
            """UPDATE registration SET state = $2, cancelled_at = $3, updated_at = $3, checked_in_at = NULL
               WHERE id = $1""",
            registration_id,
            CANCELLED,
            now,
        )
        await counting.one_less(collection.page_id)
        await record(registration_id, "cancelled", now, actor_id=actor_id)
        await free(collection, registration, now)
        await withdraw(registration_id, "cancelled")
        if tell:
            await jobs.enqueue(CANCELLED_JOB, {"registration_id": registration_id})
    return True


async def free(collection: Collection, registration: RegistrationView, now: datetime) -> None:
    """Give back what `registration` has, as it was before the change, and offer it to those who wait."""
    if registration.seated:
        await seats.give_back(
            registration.stock_id,
            registration.quantity,
            collection.topic,
            registration.entry_stock_id,
        )
    else:
        await waiting.leave(registration.id, now)
    await waiting.offer_free(collection.page_id, now)
