"""Taking what the waitlist offers: the hold becomes places, and what is left over goes to the next."""

from datetime import datetime
from uuid import UUID

from app.core import db, jobs
from app.core.errors import Conflict, Gone
from app.core.i18n import gettext as _
from app.pages.collecting import Collection
from app.registrations import queries, seats
from app.registrations.offering import Entry, entry_of, offer_free
from app.registrations.queries import RegistrationView
from app.registrations.recording import record
from app.registrations.registering import CONFIRMED_JOB
from app.registrations.tables import CONFIRMED
from app.stock import holding


async def claim(
    collection: Collection, registration_id: UUID, quantity: int, now: datetime
) -> RegistrationView:
    """Take `quantity` of the places that are offered to somebody who waited; return the confirmed registration.

    Taking twice is taking once. Raises Gone when the offer has run out, Conflict for more than is offered or nothing.
    """
    async with db.transaction():
        await seats.lock(collection.page_id)
        registration = await queries.locked(registration_id)
        entry = await entry_of(registration_id)
        if entry is None and registration.seated:
            return registration
        if entry is None or entry.hold_id is None or entry.overdue(now):
            raise Gone(_("This offer has run out. The places went to the next in line."))
        if not 1 <= quantity <= entry.offered:
            raise Conflict(_("%(n)s places are offered to you.", n=entry.offered))
        await _take(collection, entry, entry.hold_id, quantity, now)
        await _confirm(collection, entry, quantity, now)
        await offer_free(collection.page_id, now)
        return await queries.registration_of(registration_id)


async def _take(
    collection: Collection, entry: Entry, hold_id: UUID, quantity: int, now: datetime
) -> None:
    if quantity == entry.offered:
        if not await holding.sell(hold_id, now):
            raise Gone(_("This offer has run out. The places went to the next in line."))
        return
    await holding.release(hold_id, now)
    await seats.take(
        collection.stock_id,
        quantity,
        registration_id=entry.registration_id,
        topic=collection.topic,
        now=now,
    )


async def _confirm(collection: Collection, entry: Entry, quantity: int, now: datetime) -> None:
    await db.execute(
        "UPDATE waitlist_entry SET state = 'claimed', ended_at = $2 WHERE id = $1",
        *(entry.id, now),
    )
    await db.execute(
        "UPDATE registration SET state = $2, quantity = $3, stock_id = $4, updated_at = $5 WHERE id = $1",
        *(entry.registration_id, CONFIRMED, quantity, collection.stock_id, now),
    )
    await record(entry.registration_id, "claimed", now, quantity=quantity)
    await jobs.enqueue(CONFIRMED_JOB, {"registration_id": entry.registration_id})
