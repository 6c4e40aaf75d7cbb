"""A paid session completes its order, exactly once, whoever brings the news and however often.

The order's row is locked first, so webhooks, the buyer's own return and the reconciliation take turns. A live hold is
sold; a lapsed one is sold if as much is left; otherwise the money goes back by itself.
"""

from datetime import datetime, timedelta
from enum import StrEnum

import structlog

from app.billing.fees import fee_of
from app.core import db, jobs
from app.core.ids import new_id, parse_id
from app.orders import paying
from app.orders.recording import happened, record
from app.orders.tables import EXPIRED, PROCESSING, SUBMITTED
from app.orders.telling import tell_of_use
from app.pages.selling import retire_if_sold_out
from app.payments.gateway import CheckoutSession
from app.stock import holding

log = structlog.get_logger()

# A bank debit confirms within 14 business days. A submitted order keeps its stock a little longer.
LONGEST_CONFIRMATION = timedelta(days=30)
OPEN_STATES = ("processing", "submitted", "expired", "failed")


class Outcome(StrEnum):
    """What a session meant for its order."""

    COMPLETED = "completed"
    ALREADY = "already"
    WAITING = "waiting"
    SUBMITTED = "submitted"
    FAILED = "failed"
    EXPIRED = "expired"
    REFUNDING = "refunding"
    MISMATCH = "mismatch"
    UNKNOWN = "unknown"


async def complete(session: CheckoutSession, now: datetime) -> Outcome:
    """Bring the order of `session`, as Stripe has just described it, to where that puts it. Safe to repeat."""
    order_id = parse_id(session.metadata.get("order_id", ""))
    if order_id is None or session.mode != "payment":
        return Outcome.UNKNOWN
    if session.status == "open":
        return Outcome.WAITING
    async with db.transaction():
        order = await db.fetch_one('SELECT * FROM "order" WHERE id = $1 FOR UPDATE', order_id)
        if order is None or order["stripe_session_id"] not in (None, session.id):
            return Outcome.UNKNOWN
        if order["state"] not in OPEN_STATES:
            return Outcome.ALREADY
        if session.status == "expired":
            await paying.expire(order_id, now)
            return Outcome.EXPIRED
        if not await _matches(order, session, now):
            return Outcome.MISMATCH
        if session.payment_failed:
            await paying.fail(order_id, now)
            return Outcome.FAILED
        if session.payment_status != "paid":
            return await _await_confirmation(order, session, now)
        return await _settle(order, session, now)


async def _matches(order: db.Record, session: CheckoutSession, now: datetime) -> bool:
    if (session.amount_total, session.currency) == (order["amount"], order["currency"]):
        return True
    log.error("order.payment_mismatch", order_id=str(order["id"]), session=session.id)
    if not await happened(order["id"], "payment_mismatch"):
        await record(order["id"], "payment_mismatch", now, amount=session.amount_total)
    return False


async def _await_confirmation(order: db.Record, session: CheckoutSession, now: datetime) -> Outcome:
    """The buyer has submitted a payment that confirms later: its units stay held until then.

    A hold that lapsed before the news came is held again, if as much is left. If not, the order waits without: once it is
    paid, it is sold or refunded like any late payment.
    """
    until = order["created_at"] + LONGEST_CONFIRMATION
    if order["state"] == SUBMITTED:
        return Outcome.SUBMITTED
    if order["state"] not in (PROCESSING, EXPIRED) or now >= until:
        return Outcome.WAITING
    changed = await db.execute(
        """UPDATE "order" SET state = 'submitted', held_until = $3, stripe_session_id = $4, payment_intent = $5,
             updated_at = $6 WHERE id = $1 AND state = $2""",
        *(order["id"], order["state"], until, session.id, session.payment_intent, now),
    )
    assert changed == 1  # the row is locked: nobody else can have moved it
    await _keep_units(order, now, until)
    await record(order["id"], "payment_pending", now)
    await jobs.enqueue("orders.submitted", {"order_id": str(order["id"])})
    return Outcome.SUBMITTED


async def _keep_units(order: db.Record, now: datetime, until: datetime) -> None:
    if await holding.extend(order["hold_id"], until):
        return
    if await holding.hold_again(order["hold_id"], until=until, now=now):
        lapse = {"hold_id": str(order["hold_id"]), "then": "orders.hold_lapsed"}
        await jobs.enqueue("stock.lapse", lapse, run_at=until)
        await tell_of_use(order["discount_stock_id"], order["page_id"])


async def _settle(order: db.Record, session: CheckoutSession, now: datetime) -> Outcome:
    order_id = order["id"]
    returning = await db.fetch_value(
        "SELECT EXISTS (SELECT 1 FROM refund WHERE order_id = $1 AND reason = 'unavailable')",
        order_id,
    )
    if returning:
        return Outcome.REFUNDING
    hold_id = order["hold_id"]
    if not (await holding.sell(hold_id, now) or await holding.sell_late(hold_id, now)):
        await _give_back(order, session, now)
        return Outcome.REFUNDING
    fee = await fee_of(order["organization_id"], order["amount"], now)
    changed = await db.execute(
        "UPDATE \"order\" SET state = 'completed', completed_at = $3, updated_at = $3, payment_intent = $4, "
        "stripe_session_id = $5, fee_basis_points = $6, fee_amount = $7 WHERE id = $1 AND state = $2",
        order_id,
        order["state"],
        now,
        session.payment_intent,
        session.id,
        fee.basis_points,
        fee.amount,
    )
    assert changed == 1  # the row is locked: nobody else can have moved it
    await record(order_id, "completed", now)
    await jobs.enqueue("orders.completed", {"order_id": str(order_id)})
    await tell_of_use(order["discount_stock_id"], order["page_id"])
    await retire_if_sold_out(order["page_id"], now)
    return Outcome.COMPLETED


async def _give_back(order: db.Record, session: CheckoutSession, now: datetime) -> None:
    """Paid too late and nothing left: note the refund, tell the buyer, and let a job ask Stripe."""
    order_id, refund_id = order["id"], new_id()
    # The states of money that was taken and not kept: expired until Stripe has given it back, then refunded.
    await db.execute(
        "UPDATE \"order\" SET state = 'expired', payment_intent = $2, stripe_session_id = $3, updated_at = $4 "
        "WHERE id = $1",
        order_id,
        session.payment_intent,
        session.id,
        now,
    )
    if order["state"] in paying.OPEN:
        await holding.release(order["hold_id"], now)
        await tell_of_use(order["discount_stock_id"], order["page_id"])
    await db.execute(
        "INSERT INTO refund (id, order_id, amount, reason, state, restock, created_at, updated_at) "
        "VALUES ($1, $2, $3, 'unavailable', 'requested', false, $4, $4)",
        refund_id,
        order_id,
        order["amount"],
        now,
    )
    await record(order_id, "paid_too_late", now, amount=order["amount"])
    await jobs.enqueue("orders.give_back", {"refund_id": str(refund_id)})
    await jobs.enqueue("orders.unavailable", {"order_id": str(order_id)})
