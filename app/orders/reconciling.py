"""What webhooks did not tell is asked: every open order, and those that ended lately, against Stripe's own word.

An order is asked about more rarely the older it gets, so that a sale of thousands does not ask thousands of times a minute.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app.core import db, jobs
from app.orders import paying
from app.orders.fulfilling import Outcome, complete
from app.payments.gateway import PaymentUnavailable, UnknownSession, get_gateway
from app.stock import holding

log = structlog.get_logger()

FIRST_ASKED_AFTER = timedelta(minutes=2)
# A session that nobody closed can be paid for a day.
LATE_PAYMENTS_WITHIN = timedelta(hours=25)
PENDING_ASKED_AFTER = timedelta(hours=1)
BATCH = 200

_DUE = """
UPDATE "order" SET checked_at = $1::timestamptz WHERE id IN (
  SELECT id FROM "order"
  WHERE (state IN ('processing', 'submitted') OR (state IN ('expired', 'failed') AND stripe_session_id IS NOT NULL AND created_at > $2))
  AND coalesce(checked_at, created_at) <= $1::timestamptz - greatest($3::interval, ($1::timestamptz - created_at) / 4)
  ORDER BY coalesce(checked_at, created_at) LIMIT $4 FOR UPDATE SKIP LOCKED)
RETURNING id"""


async def reconcile(now: datetime) -> int:
    """Ask Stripe about the orders whose turn it is; return how many were completed or ended by that.

    Stops quietly when Stripe does not answer: the rest has its turn later.
    """
    rows = await db.fetch(_DUE, now, now - LATE_PAYMENTS_WITHIN, FIRST_ASKED_AFTER, BATCH)
    changed = 0
    for row in rows:
        try:
            changed += await reconcile_order(row["id"], now)
        except PaymentUnavailable:
            log.warning("reconcile.stripe_unavailable")
            break
    return changed


async def reconcile_order(order_id: UUID, now: datetime) -> bool:
    """Bring one order to where Stripe says it is. Return whether that changed it. Raises PaymentUnavailable."""
    order = await db.fetch_one('SELECT * FROM "order" WHERE id = $1', order_id)
    if order is None:
        return False
    over = order["held_until"] is not None and order["held_until"] <= now
    if order["stripe_session_id"] is not None:
        try:
            session = await get_gateway().get_checkout(order["stripe_session_id"])
        except UnknownSession:
            log.error("reconcile.unknown_session", order_id=str(order_id))
        else:
            if session.status == "open" and (over or order["state"] != "processing"):
                session = await get_gateway().expire_checkout(session.id)
            outcome = await complete(session, now)
            if outcome in (Outcome.COMPLETED, Outcome.REFUNDING):
                return True
            if outcome in (Outcome.EXPIRED, Outcome.FAILED):
                return order["state"] in paying.OPEN
            if outcome is Outcome.SUBMITTED:
                return over and await _end_overdue(order, now)
    return over and await _expire(order_id, now)


async def _end_overdue(order: db.Record, now: datetime) -> bool:
    """End a submitted order whose hold is over and whose job was lost."""
    if order["state"] != "submitted":
        return False
    await holding.lapse(order["hold_id"], now)
    await paying.lapsed(order["hold_id"], now)
    return True


async def _expire(order_id: UUID, now: datetime) -> bool:
    async with db.transaction():
        return await paying.expire(order_id, now)


async def close_session(order_id: UUID, now: datetime) -> None:
    """Close the payment page of an order that ended, so that nobody pays for it; if somebody has, settle that."""
    session_id = await db.fetch_value(
        'SELECT stripe_session_id FROM "order" WHERE id = $1', order_id
    )
    if session_id is None:
        return
    try:
        session = await get_gateway().expire_checkout(session_id)
    except UnknownSession:
        return
    await complete(session, now)


async def repair_refunds(now: datetime) -> int:
    """Queue the refunds that were noted but never asked for, and ask about those that Stripe has still to make.

    Return how many there were.
    """
    rows = await db.fetch(
        "SELECT id FROM refund WHERE state = 'requested' AND updated_at <= $1 LIMIT $2",
        now - FIRST_ASKED_AFTER,
        BATCH,
    )
    for row in rows:
        await jobs.enqueue(
            "orders.give_back", {"refund_id": str(row["id"])}, dedupe=f"give_back:{row['id']}"
        )
    pending = await db.fetch(
        "UPDATE refund r SET updated_at = $1 FROM \"order\" o WHERE o.id = r.order_id AND r.state = 'pending' "
        "AND r.updated_at <= $2 RETURNING o.payment_intent",
        now,
        now - PENDING_ASKED_AFTER,
    )
    for row in pending:
        await jobs.enqueue("orders.take_over_refunds", {"payment_intent": row["payment_intent"]})
    return len(rows) + len(pending)
