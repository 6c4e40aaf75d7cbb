"""Erasing: nothing of a registration is kept, not its history and not what was written to it; its places are free."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.notifications.forgetting import forget, forget_wish
from app.pages.collecting import Collection
from app.receipts.giving import REGISTRATION, give_receipt
from app.registrations import counting, queries, seats
from app.registrations.cancelling import free
from app.registrations.emails import send_erased
from app.registrations.queries import RegistrationView


async def erase(collection: Collection, registration_id: UUID, now: datetime) -> bool:
    """Erase a registration for good, and offer its places to those who wait. False when it was already."""
    async with db.transaction():
        await seats.lock(collection.page_id)
        try:
            registration = await queries.locked(registration_id)
        except NotFound:
            return False
        if registration.standing:
            # Marked first: what is offered to those who wait must not be offered to this one.
            await db.execute(
                """UPDATE registration SET state = 'cancelled', cancelled_at = $2, checked_in_at = NULL
                   WHERE id = $1""",
                registration_id,
                now,
            )
            await counting.one_less(collection.page_id)
            await free(collection, registration, now)
        await forget(registration_id)
        await db.execute("DELETE FROM registration WHERE id = $1", registration_id)
        await _forget_contact(registration)
    return True


async def _forget_contact(registration: RegistrationView) -> None:
    """Forget what else the page knows of an address or a number."""
    for contact in filter(None, (registration.email, registration.phone)):
        await forget_wish(contact, registration.page_id)
        await db.execute(
            """DELETE FROM pending_registration WHERE page_id = $1 AND lower(typed ->> 'email') = lower($2)""",
            *(registration.page_id, contact),
        )


async def erase_for_registrant(
    collection: Collection, registration: RegistrationView, now: datetime
) -> str:
    """Erase a registration as its own registrant asks for, with a receipt, by mail too; return the receipt's number, ""
    when it was erased already."""
    async with db.transaction():
        if not await erase(collection, registration.id, now):
            return ""
        number = await give_receipt(REGISTRATION, registration.contact, now, registrations=1)
        if registration.email:
            await send_erased(collection, registration, number, now)
    return number
