"""Signing up: one transaction takes the places, or queues for them, and writes the registration with its consent.

Registering twice with one address is no error and tells nobody that the address is known: what is answered depends on
the page alone, and what is true is said in the mail.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db, jobs
from app.core.errors import Conflict
from app.core.ids import new_id
from app.pages.arriving import note_early
from app.pages.collecting import Collection, ensure_open
from app.pages.entering import ensure_as_shown, entry_stock, used_up
from app.registrations import consents, counting, queries, seats, waiting
from app.registrations.queries import Answer
from app.registrations.recording import record
from app.registrations.tables import CONFIRMED, WAITING
from app.stock.holding import OutOfStock
from app.stock.levels import levels

CONFIRMED_JOB = "registrations.confirmed"
AGAIN_JOB = "registrations.again"
# Who signs up again this soon sent one form twice: the first mail is on its way.
SAME_FORM = timedelta(minutes=10)


@dataclass(frozen=True)
class SignUp:
    """What somebody sent, checked. `email` or `phone` may be "", not both; `consent_text` is what they agreed to, `terms`
    whether they were shown the "link"'s or the "page"'s."""

    email: str
    phone: str
    name: str
    quantity: int
    answers: Mapping[str, Answer]
    consent_text: str
    source: str = ""
    link_id: UUID | None = None
    terms: str = "page"


@dataclass(frozen=True)
class Outcome:
    """What came of it. `registration_id` is for the caller alone: a visitor must not learn whether it is `new`."""

    registration_id: UUID
    state: str
    new: bool


async def register(collection: Collection, sign_up: SignUp, now: datetime) -> Outcome:
    """Register somebody, or queue them when the places are taken and the page has a waitlist.

    Joins the caller's transaction. Raises Conflict when registration is not open, OutOfStock when too few places are
    left, LimitReached when the creator's plan has no room for more; then nothing is stored.
    """
    ensure_as_shown(collection, sign_up.terms)
    ensure_open(collection)
    async with db.transaction():
        if collection.asks.waitlist:
            await seats.lock(collection.page_id)
        registration_id = await _insert(collection, sign_up, now)
        if registration_id is None:
            return await _again(collection, sign_up, now)
        if collection.early and collection.arrival and collection.arrival.link:
            await note_early(collection.arrival.link, now)
        if await _queues(collection, sign_up.quantity, registration_id, now):
            await waiting.join(registration_id, now)
            return Outcome(registration_id, WAITING, new=True)
        await record(registration_id, "registered", now, quantity=sign_up.quantity)
        await jobs.enqueue(CONFIRMED_JOB, {"registration_id": registration_id})
    return Outcome(registration_id, CONFIRMED, new=True)


async def _insert(collection: Collection, sign_up: SignUp, now: datetime) -> UUID | None:
    """Write the registration and count it; None when one stands for this address already. Raises LimitReached."""
    words, language = sign_up.consent_text, collection.language
    consent_id = await consents.kept_version(collection.page_id, words, language, now)
    row = await db.fetch_one(
        """WITH written AS (
             INSERT INTO registration (id, page_id, organization_id, group_id, email, phone, name, quantity, answers,
               state, stock_id, consent_text, consent_at, language, source, link_id, created_at, updated_at, entry_stock_id,
               consent_id)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9::jsonb, 'confirmed', $10, $11, $12, $13, $14, $15, $12, $12, $16, $17)
             ON CONFLICT DO NOTHING RETURNING id, page_id, organization_id),
           counted AS (
             INSERT INTO registration_count AS c (page_id, organization_id, standing)
             SELECT page_id, organization_id, 1 FROM written
             ON CONFLICT (page_id) DO UPDATE SET standing = c.standing + 1 RETURNING standing)
           SELECT written.id, counted.standing FROM written, counted""",
        new_id(),
        collection.page_id,
        collection.organization_id,
        collection.group_id,
        sign_up.email,
        sign_up.phone,
        sign_up.name,
        sign_up.quantity,
        json.dumps(dict(sign_up.answers)),
        collection.stock_id,
        sign_up.consent_text,
        now,
        collection.language,
        sign_up.source,
        sign_up.link_id,
        entry_stock(collection),
        consent_id,
    )
    if row is None:
        return None
    await counting.ensure_room(collection.organization_id, row["standing"], now)
    return row["id"]


async def _queues(
    collection: Collection, quantity: int, registration_id: UUID, now: datetime
) -> bool:
    """Take the places. Whether they must be waited for instead: too few are left, or others wait already.

    Raises OutOfStock on a page without a waitlist.
    """
    if not collection.asks.waitlist:
        await _take(collection, quantity, registration_id, now)
        return False
    if await waiting.anyone_waits(collection.page_id):
        return True
    try:
        await _take(collection, quantity, registration_id, now)
    except OutOfStock:
        return True
    return False


async def _take(
    collection: Collection, quantity: int, registration_id: UUID, now: datetime
) -> None:
    """Raises OutOfStock, and Conflict when it is the visitor's link of which no use is left."""
    entry = entry_stock(collection)
    try:
        await seats.take(
            collection.stock_id,
            quantity,
            registration_id=registration_id,
            topic=collection.topic,
            now=now,
            entry=entry,
        )
    except OutOfStock as error:
        if error.stock_id == entry:
            raise used_up(error.level) from error
        raise


async def _again(collection: Collection, sign_up: SignUp, now: datetime) -> Outcome:
    """Answer as a newcomer would be answered, take nothing, and let the mail say what stands."""
    known = await queries.standing(collection.page_id, sign_up.email, sign_up.phone)
    if known is None:
        raise Conflict
    would_wait = await _would_wait(collection, sign_up.quantity)
    if now - known.created_at > SAME_FORM:
        hour = f"{now:%Y%m%d%H}"
        await jobs.enqueue(AGAIN_JOB, {"registration_id": known.id, "hour": hour})
    return Outcome(known.id, WAITING if would_wait else CONFIRMED, new=False)


async def _would_wait(collection: Collection, quantity: int) -> bool:
    if collection.asks.waitlist and await waiting.anyone_waits(collection.page_id):
        return True
    stock_id = collection.stock_id
    level = (await levels([stock_id])).get(stock_id) if stock_id else None
    if stock_id is None or level is None or level.available is None or level.available >= quantity:
        return False
    if not collection.asks.waitlist:
        raise OutOfStock(stock_id, level)
    return True
