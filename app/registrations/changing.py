"""Changing a registration: what was said, and how many places it takes."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db, jobs
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.pages.collecting import Collection
from app.registrations import queries, seats, waiting
from app.registrations.queries import Answer, RegistrationView
from app.registrations.recording import record

CHANGED_JOB = "registrations.changed"


@dataclass(frozen=True)
class Changes:
    """What a registration is to say from now on. The e-mail address stays: it is who the registration belongs to."""

    name: str
    phone: str
    quantity: int
    answers: Mapping[str, Answer]


async def change(
    collection: Collection,
    registration_id: UUID,
    changes: Changes,
    now: datetime,
    *,
    actor_id: UUID | None = None,
) -> RegistrationView:
    """Store `changes` and return the registration as it is then. More places are taken, fewer given back.

    Raises Conflict for a cancelled one, and when others wait for the places that it wants more of; OutOfStock;
    NotFound when it was erased. Then nothing changes.
    """
    async with db.transaction():
        await seats.lock(collection.page_id)
        before = await queries.locked(registration_id)
        if not before.standing:
            raise Conflict(_("This registration is cancelled."))
        await _move(collection, before, changes.quantity, now)
        await db.execute(
            """UPDATE registration SET name = $2, phone = $3, quantity = $4, answers = $5::jsonb, updated_at = $6
               WHERE id = $1""",
            registration_id,
            changes.name,
            changes.phone if before.email else before.phone,
            changes.quantity,
            json.dumps({**_of_former_questions(collection, before), **changes.answers}),
            now,
        )
        await record(registration_id, "changed", now, actor_id=actor_id, quantity=changes.quantity)
        if changes.quantity != before.quantity:
            await jobs.enqueue(CHANGED_JOB, {"registration_id": registration_id, "at": now})
        return await queries.registration_of(registration_id)


def _of_former_questions(collection: Collection, before: RegistrationView) -> dict[str, Answer]:
    """Return what was answered to questions that the page no longer asks."""
    asked = {field.key for field in collection.asks.fields}
    return {key: answer for key, answer in before.answers.items() if key not in asked}


async def _move(
    collection: Collection, before: RegistrationView, quantity: int, now: datetime
) -> None:
    more = quantity - before.quantity
    if more == 0:
        return
    if not before.seated:
        await waiting.want(before.id, quantity, now)
    elif more > 0:
        if await waiting.anyone_waits(collection.page_id):
            raise Conflict(_("Others wait for places already, so you can't take more."))
        await seats.take(
            before.stock_id, more, registration_id=before.id, topic=collection.topic, now=now
        )
    else:
        await seats.give_back(before.stock_id, -more, collection.topic)
        await waiting.offer_free(collection.page_id, now)
