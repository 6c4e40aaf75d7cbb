"""Promoting somebody from the waitlist by hand: the one way past its order, and it is written down who did it."""

from datetime import datetime
from uuid import UUID

from app.core import db, jobs
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.pages.collecting import Collection
from app.registrations import queries, seats, waiting
from app.registrations.recording import record
from app.registrations.registering import CONFIRMED_JOB
from app.registrations.tables import CONFIRMED, OFFERED, WAITING


async def promote(
    collection: Collection, registration_id: UUID, now: datetime, *, actor_id: UUID
) -> None:
    """Give one who waits the places they want, at once, and confirm them.

    Raises Conflict unless they wait, OutOfStock when too few places are free; then nothing changes.
    """
    async with db.transaction():
        await seats.lock(collection.page_id)
        registration = await queries.locked(registration_id)
        if registration.state not in (WAITING, OFFERED):
            raise Conflict(_("This registration is not on the waitlist."))
        await waiting.leave(registration.id, now)
        await seats.take(
            collection.stock_id,
            registration.quantity,
            registration_id=registration.id,
            topic=collection.topic,
            now=now,
        )
        await db.execute(
            "UPDATE registration SET state = $2, stock_id = $3, updated_at = $4 WHERE id = $1",
            registration.id,
            CONFIRMED,
            collection.stock_id,
            now,
        )
        await record(registration.id, "promoted", now, actor_id=actor_id)
        await jobs.enqueue(CONFIRMED_JOB, {"registration_id": registration.id})
        await waiting.offer_free(collection.page_id, now)
