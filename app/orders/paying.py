"""An open order's way to the payment page and back: its Stripe session is opened, continued and closed here.

Nothing here holds a lock while Stripe is asked. What Stripe was asked is found again by the order's id, which is the
idempotency key.
"""

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from app.core import db, jobs
from app.core.errors import Conflict, UpstreamFailed
from app.core.i18n import gettext as _
from app.core.settings import get_settings
from app.orders import redeeming
from app.orders.discounts import instead_of
from app.orders.recording import record
from app.orders.tables import PROCESSING, SUBMITTED
from app.orders.telling import tell_of_use
from app.payments.gateway import CheckoutItem, CheckoutRequest, CheckoutSession, get_gateway
from app.stock import holding

log = structlog.get_logger()

# Stripe refuses sessions shorter than half an hour from its own now; a minute covers the way there.
SHORTEST_SESSION = timedelta(minutes=31)
LONGEST_SESSION = timedelta(hours=23, minutes=59)
# States in which an order holds units and may still be paid.
OPEN = (PROCESSING, SUBMITTED)


@dataclass(frozen=True)
class OpenHold:
    """A buyer's own open order on a page, while its hold lasts. `lines` are (title, quantity); `discount` is the code that
    lowered its price, or "". One that is `submitted` waits for the bank: it can't be continued or released."""

    order_id: UUID
    short_id: str
    page_title: str
    amount: int
    currency: str
    held_until: datetime
    lines: tuple[tuple[str, int], ...]
    discount: str
    submitted: bool = False


async def own_hold(short_id: str, buyer: str, now: datetime) -> OpenHold | None:
    """Return the hold that this browser has on a page, if it still lasts; else a payment of it that is under way."""
    rows = await db.fetch(
        """SELECT o.id, o.amount, o.currency, o.held_until, o.terms, o.state, l.title, sum(l.quantity) AS quantity
           FROM "order" o JOIN order_line l ON l.order_id = o.id
           WHERE o.id = (SELECT id FROM "order" WHERE buyer_key = $2 AND terms ->> 'short_id' = $1
             AND (state = 'submitted' OR (state = 'processing' AND held_until > $3))
             ORDER BY state = 'submitted', created_at DESC LIMIT 1)
           GROUP BY o.id, l.content_id, l.title ORDER BY l.title, l.content_id""",
        short_id,
        buyer,
        now,
    )
    if not rows:
        return None
    first = rows[0]
    terms: dict[str, Any] = json.loads(first["terms"])
    discount: dict[str, Any] = terms.get("discount") or {}
    return OpenHold(
        order_id=first["id"],
        short_id=short_id,
        page_title=terms.get("title") or "",
        amount=first["amount"],
        currency=first["currency"],
        held_until=first["held_until"],
        lines=tuple((row["title"], row["quantity"]) for row in rows),
        discount=discount["name"] if discount.get("kind") == redeeming.KIND else "",
        submitted=first["state"] == SUBMITTED,
    )


async def open_session(order_id: UUID, now: datetime) -> str:
    """Return the address of the order's payment page, made when there is none yet.

    Raises PaymentUnavailable or PaymentRejected after freeing the hold, Conflict when the order is not open any more.
    """
    order = await db.fetch_one('SELECT * FROM "order" WHERE id = $1', order_id)
    if order is None or order["state"] != "processing":
        raise Conflict(_("This checkout is over. Please start again."))
    if order["checkout_url"]:
        return str(order["checkout_url"])
    try:
        session = await get_gateway().create_checkout(await _request(order))
    except UpstreamFailed as error:
        await abandon(order_id, now, error)
        raise
    return await _keep(order_id, session, now)


async def _request(order: db.Record) -> CheckoutRequest:
    rows = await db.fetch(
        "SELECT title, amount, reduction, quantity FROM order_line WHERE order_id = $1 ORDER BY id",
        order["id"],
    )
    terms: dict[str, Any] = json.loads(order["terms"])
    base = get_settings().base_url.rstrip("/")
    created: datetime = order["created_at"]
    expires = max(created + SHORTEST_SESSION, order["held_until"])
    return CheckoutRequest(
        key=str(order["id"]),
        email=order["email"],
        currency=order["currency"],
        # A free item in a paid basket is no line of the payment.
        items=[_item(row, terms, order) for row in rows if row["amount"]],
        expires_at=min(expires, created + LONGEST_SESSION),
        success_url=f"{base}/download?session_id={{CHECKOUT_SESSION_ID}}",
        cancel_url=f"{base}/p/{terms.get('short_id')}/hold",
        language=order["locale"],
        metadata={"order_id": str(order["id"]), "order_number": order["number"]},
    )


def _item(row: db.Record, terms: dict[str, Any], order: db.Record) -> CheckoutItem:
    before = row["amount"] + row["reduction"]
    words = instead_of(terms, before, row["amount"], order["currency"], order["locale"])
    return CheckoutItem(row["title"], row["amount"], row["quantity"], words)


async def _keep(order_id: UUID, session: CheckoutSession, now: datetime) -> str:
    kept = await db.execute(
        'UPDATE "order" SET stripe_session_id = $2, checkout_url = $3, updated_at = $4 '
        "WHERE id = $1 AND state = 'processing'",
        order_id,
        session.id,
        session.url,
        now,
    )
    if not kept or session.url is None:
        # Released or lapsed while Stripe was asked: nobody may pay for it any more.
        await get_gateway().expire_checkout(session.id)
        raise Conflict(_("This checkout is over. Please start again."))
    return session.url


async def abandon(order_id: UUID, now: datetime, error: Exception) -> None:
    """Give up an order that Stripe would not take: the stock is free again and the buyer can try anew."""
    log.warning("checkout.failed", order_id=str(order_id), error=repr(error.__cause__ or error))
    async with db.transaction():
        await _end(order_id, "failed", "checkout_failed", now, of=(PROCESSING,))


async def release(order_id: UUID, now: datetime) -> bool:
    """Give an open order up by its buyer's hand. False when it was no longer open."""
    async with db.transaction():
        ended = await _end(order_id, "expired", "released", now, of=(PROCESSING,))
        if ended:
            await jobs.enqueue("orders.close_session", {"order_id": str(order_id)})
    return ended


async def lapsed(hold_id: UUID, now: datetime) -> None:
    """Expire the open order whose hold has lapsed, and have its session closed. A payment that was submitted and has not
    arrived until its time is over is taken for failed; one that was held again meanwhile is left alone."""
    async with db.transaction():
        row = await db.fetch_one(
            """UPDATE "order" o SET state = CASE o.state WHEN 'submitted' THEN 'failed' ELSE 'expired' END, updated_at = $2
               FROM (SELECT id, state FROM "order" WHERE hold_id = $1 FOR UPDATE) was
               WHERE o.id = was.id AND (o.state = 'processing' OR (o.state = 'submitted' AND o.held_until <= $2))
               RETURNING o.id, o.page_id, o.discount_stock_id, was.state AS was""",
            *(hold_id, now),
        )
        if row is not None:
            submitted = row["was"] == SUBMITTED
            await record(row["id"], "payment_failed" if submitted else "expired", now)
            if submitted:
                await jobs.enqueue("orders.payment_failed", {"order_id": str(row["id"])})
            await tell_of_use(row["discount_stock_id"], row["page_id"])
            await jobs.enqueue("orders.close_session", {"order_id": str(row["id"])})


async def expire(order_id: UUID, now: datetime) -> bool:
    """Expire an unpaid order in the current transaction and free its stock. False when it was no longer unpaid."""
    return await _end(order_id, "expired", "expired", now, of=(PROCESSING,))


async def fail(order_id: UUID, now: datetime) -> bool:
    """Note that an order's payment failed for good, free its stock and tell the buyer. False when it was no longer open."""
    async with db.transaction():
        failed = await _end(order_id, "failed", "payment_failed", now, of=OPEN)
        if failed:
            await jobs.enqueue("orders.payment_failed", {"order_id": str(order_id)})
    return failed


async def _end(order_id: UUID, state: str, kind: str, now: datetime, of: tuple[str, ...]) -> bool:
    row = await db.fetch_one(
        'UPDATE "order" SET state = $2, updated_at = $3 WHERE id = $1 AND state = ANY($4::text[]) '
        "RETURNING hold_id, page_id, discount_stock_id",
        order_id,
        state,
        now,
        list(of),
    )
    if row is None:
        return False
    if row["hold_id"] is not None:
        await holding.release(row["hold_id"], now)
        await tell_of_use(row["discount_stock_id"], row["page_id"])
    await record(order_id, kind, now)
    return True
