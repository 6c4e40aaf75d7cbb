"""From a download link to the file: who may, how often, and a record of every try.

The object is asked for before the try is counted, so that a store that is down uses up nothing; the order is locked
while it is judged and counted, so that neither a refund nor two clicks at once slip through.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from uuid import UUID

from app.core.db import execute, fetch_one, fetch_value, transaction
from app.core.head_requests import told_in_head
from app.core.ids import new_id
from app.core.settings import get_settings
from app.orders.links import DownloadClaim
from app.orders.presenting import DELIVERABLE, OrderView
from app.orders.queries import file_of
from app.products.queries import FileRef
from app.storage.contract import ObjectMissing, StoreUnavailable
from app.storage.objects import get_store

# The object store checks this only when the download begins; it goes on for as long as it takes.
OBJECT_URL_LIFETIME = timedelta(minutes=2)
# Whoever bought many files may still fetch each of them this often.
TRIES_PER_FILE = 3
MAXIMUM_USER_AGENT = 300
# The order event after which downloads count from the beginning.
LINK_RESENT = "link_resent"


class Outcome(StrEnum):
    """What came of opening a download link; kept in `download_attempt.outcome`."""

    STARTED = "started"
    EXPIRED = "expired"
    ELSEWHERE = "elsewhere"
    UNPAID = "unpaid"
    REFUNDED = "refunded"
    EXHAUSTED = "exhausted"
    THROTTLED = "throttled"
    MISSING = "missing"
    STORE_FAILED = "store_failed"


@dataclass(frozen=True)
class Visitor:
    """Who opens a link, as far as it is kept: the address for thirty days."""

    address: str
    user_agent: str


@dataclass(frozen=True)
class Download:
    """What a try led to; `url` (the object's presigned address) only when it started."""

    outcome: Outcome
    url: str = ""


async def open_link(
    claim: DownloadClaim, order: OrderView | None, visitor: Visitor, now: datetime
) -> Download:
    """Judge one opening of a download link, record it, and return where the file is when it may start.

    `order` is the claim's, None when it does not exist.
    """
    found = await _judge(claim, order, visitor, now)
    if order is None or found.outcome is not Outcome.STARTED:
        return await record(claim, visitor, found.outcome, now)
    return await _count(claim, order, visitor, found.url, now)


async def foresee_link(
    claim: DownloadClaim, order: OrderView | None, visitor: Visitor, now: datetime
) -> Download:
    """Return what opening the link would lead to, without recording or using up anything. The address opens nothing."""
    found = await _judge(claim, order, visitor, now)
    if order is None or found.outcome is not Outcome.STARTED:
        return found
    used_up = await _started(order.id) >= _allowed(order)
    return Download(Outcome.EXHAUSTED) if used_up else replace(found, url=told_in_head(found.url))


async def _judge(
    claim: DownloadClaim, order: OrderView | None, visitor: Visitor, now: datetime
) -> Download:
    """Return what the link leads to, but for how often it was used."""
    if refused := _refused_by_claim(claim, visitor, now):
        return Download(refused)
    if order is None:
        return Download(Outcome.MISSING)
    if refused := refused_by_state(order.state):
        return Download(refused)
    file = await file_of(order, claim.file_id)
    if file is None:
        return Download(Outcome.MISSING)
    try:
        return Download(Outcome.STARTED, await object_url(file))
    except ObjectMissing:
        return Download(Outcome.MISSING)
    except StoreUnavailable:
        return Download(Outcome.STORE_FAILED)


async def object_url(file: FileRef) -> str:
    """Return a presigned address of a file that is there. Raises ObjectMissing, StoreUnavailable."""
    store = get_store()
    await store.stat(file.object_key)
    return store.presign_get(file.object_key, file.name, OBJECT_URL_LIFETIME, file.content_type)


async def record(
    claim: DownloadClaim, visitor: Visitor, outcome: Outcome, now: datetime
) -> Download:
    """Record a try that did not start. Nothing is kept for an order that does not exist."""
    await execute(
        """INSERT INTO download_attempt (id, created_at, order_id, file_id, outcome, ip, user_agent)
           SELECT $1, $2, o.id, $4, $5, $6, $7 FROM "order" o WHERE o.id = $3""",
        *_row(claim, visitor, outcome, now),
    )
    return Download(outcome)


async def nothing_started(order_id: UUID) -> bool:
    """Whether no download of the order has started yet, so that one may start by itself."""
    return await _started(order_id) == 0


def refused_by_state(state: str) -> Outcome | None:
    """Return why an order in `state` is not delivered, or None when it is."""
    if state in DELIVERABLE:
        return None
    return Outcome.REFUNDED if state in ("refunded", "disputed") else Outcome.UNPAID


def _refused_by_claim(claim: DownloadClaim, visitor: Visitor, now: datetime) -> Outcome | None:
    if claim.expired(now):
        return Outcome.EXPIRED
    return None if claim.fits(visitor.address) else Outcome.ELSEWHERE


async def _count(
    claim: DownloadClaim, order: OrderView, visitor: Visitor, url: str, now: datetime
) -> Download:
    async with transaction():
        state = await fetch_value('SELECT state FROM "order" WHERE id = $1 FOR UPDATE', order.id)
        outcome = refused_by_state(state)
        if outcome is None and await _started(order.id) >= _allowed(order):
            outcome = Outcome.EXHAUSTED
        await record(claim, visitor, outcome or Outcome.STARTED, now)
    return Download(outcome) if outcome else Download(Outcome.STARTED, url)


def _allowed(order: OrderView) -> int:
    """How many downloads of an order may start."""
    return max(get_settings().download_attempts_per_order, TRIES_PER_FILE * len(order.files))


async def _started(order_id: UUID) -> int:
    # A link that the seller sends again counts from the beginning.
    row = await fetch_one(
        """SELECT count(*) AS number FROM download_attempt WHERE order_id = $1 AND outcome = $2
           AND created_at > coalesce((SELECT max(created_at) FROM order_event
             WHERE order_id = $1 AND kind = $3), '-infinity')""",
        *(order_id, Outcome.STARTED, LINK_RESENT),
    )
    return row["number"] if row else 0


def _row(
    claim: DownloadClaim, visitor: Visitor, outcome: Outcome, now: datetime
) -> tuple[object, ...]:
    agent = visitor.user_agent.replace("\x00", "")[:MAXIMUM_USER_AGENT]
    return (new_id(), now, claim.order_id, claim.file_id, outcome, visitor.address, agent)
