"""What Stripe says of a refund, brought to the order once: money counted, stock put back, the buyer told.

Refunds made in Stripe's own dashboard are taken over the same way.

A refund that succeeded may fail days later: the buyer's bank sends the money back. Then amounts and state become what they
are without it, and the seller is told. Pieces that went back on sale stay there, for they may be sold already, and a code's
use that was given back stays the buyer's. So the buyer has the files again, and the seller decides how to pay the money back.
"""

from datetime import datetime
from uuid import UUID

import structlog

from app.core import db, jobs
from app.core.ids import new_id
from app.orders import restocking
from app.orders.recording import record
from app.payments.gateway import GatewayRefund, get_gateway

log = structlog.get_logger()

_SETTLED = {"succeeded": "succeeded", "failed": "failed", "canceled": "failed"}


async def settle(refund_id: UUID, answer: GatewayRefund, now: datetime) -> str:
    """Bring a refund to where Stripe says it is, once; return its state."""
    state = _SETTLED.get(answer.status, "pending")
    if state == "failed":
        reason = answer.failure or answer.status
        if not await fail(refund_id, reason, now):
            await take_back(refund_id, reason, now)
        return state
    async with db.transaction():
        row = await db.fetch_one(
            "UPDATE refund SET state = $2, stripe_refund_id = $3, updated_at = $4 "
            "WHERE id = $1 AND state IN ('requested', 'pending') AND state <> $2 RETURNING *",
            refund_id,
            state,
            answer.id,
            now,
        )
        if row is not None and state == "succeeded":
            await _count(row, now)
    return state


async def _count(refund: db.Record, now: datetime) -> None:
    """Count money that went back: the order's state follows, stock is put back, the buyer is told."""
    order = await db.fetch_one(
        'UPDATE "order" SET refunded_amount = least(amount, refunded_amount + $2), updated_at = $3, '
        "state = CASE WHEN refunded_amount + $2 >= amount THEN 'refunded' WHEN state = 'disputed' THEN state "
        "ELSE 'partially_refunded' END "
        "WHERE id = $1 RETURNING id, page_id, state",
        refund["order_id"],
        refund["amount"],
        now,
    )
    assert order is not None  # a refund keeps its order from being deleted
    await record(order["id"], "refunded", now, actor_id=refund["actor_id"], amount=refund["amount"])
    await restocking.put_back(
        *(order["id"], order["page_id"], refund["amount"]),
        whole=order["state"] == "refunded",
        restock=refund["restock"],
    )
    if refund["reason"] != "unavailable":
        await jobs.enqueue(
            "orders.refunded",
            {
                "order_id": str(order["id"]),
                "refund_id": str(refund["id"]),
                "amount": refund["amount"],
            },
        )


async def fail(refund_id: UUID, reason: str, now: datetime) -> bool:
    """Note that Stripe refused a refund, or could not make it; the seller is told why. False when it is settled already."""
    async with db.transaction():
        row = await db.fetch_one(
            "UPDATE refund SET state = 'failed', failure = left($2, 300), updated_at = $3 "
            "WHERE id = $1 AND state IN ('requested', 'pending') RETURNING order_id, amount",
            refund_id,
            reason,
            now,
        )
        if row is not None:
            log.error("refund.failed", refund_id=str(refund_id), reason=reason)
            await record(row["order_id"], "refund_failed", now, amount=row["amount"])
            await jobs.enqueue("orders.refund_failed", {"refund_id": str(refund_id)})
    return row is not None


async def take_back(refund_id: UUID, reason: str, now: datetime) -> bool:
    """Note that a refund that had succeeded failed after all. False when it had not, or when that is known already."""
    async with db.transaction():
        row = await db.fetch_one(
            "UPDATE refund SET state = 'failed', failure = left($2, 300), updated_at = $3 "
            "WHERE id = $1 AND state = 'succeeded' RETURNING order_id, amount",
            *(refund_id, reason, now),
        )
        if row is None:
            return False
        log.error("refund.returned", refund_id=str(refund_id), reason=reason)
        await _recount(row["order_id"], now)
        await record(row["order_id"], "refund_returned", now, amount=row["amount"], reason=reason)
        await jobs.enqueue("orders.refund_failed", {"refund_id": str(refund_id)})
    return True


async def _recount(order_id: UUID, now: datetime) -> None:
    """Let an order's amount and state be what its successful refunds make them."""
    await db.execute(
        """UPDATE "order" o SET refunded_amount = least(o.amount, r.amount), updated_at = $2,
             state = CASE WHEN o.state = 'disputed' THEN o.state WHEN o.completed_at IS NULL THEN 'expired'
               WHEN r.amount >= o.amount THEN 'refunded' WHEN r.amount > 0 THEN 'partially_refunded' ELSE 'completed' END
           FROM (SELECT coalesce(sum(amount), 0)::bigint AS amount FROM refund
                 WHERE order_id = $1 AND state = 'succeeded') r WHERE o.id = $1""",
        *(order_id, now),
    )


async def synchronize(payment_intent: str, now: datetime) -> None:
    """Take over every refund that Stripe knows of a payment, those made in Stripe's own dashboard included."""
    order_id = await db.fetch_value(
        'SELECT id FROM "order" WHERE payment_intent = $1', payment_intent
    )
    if order_id is None:
        return
    for answer in await get_gateway().refunds_of(payment_intent):
        await settle(await _row_of(order_id, answer, now), answer, now)


async def _row_of(order_id: UUID, answer: GatewayRefund, now: datetime) -> UUID:
    """Return the row of a refund that Stripe knows; one made elsewhere gets its own."""
    known = await db.fetch_value(
        "SELECT id FROM refund WHERE order_id = $1 AND (id::text = $2 OR stripe_refund_id = $3)",
        order_id,
        answer.metadata.get("refund_id", ""),
        answer.id,
    )
    if known is not None:
        return known
    await db.execute(
        "INSERT INTO refund (id, order_id, amount, reason, state, restock, stripe_refund_id, created_at, updated_at) "
        "VALUES ($1, $2, $3, 'external', 'requested', false, $4, $5, $5) ON CONFLICT (stripe_refund_id) DO NOTHING",
        new_id(),
        order_id,
        answer.amount,
        answer.id,
        now,
    )
    return await db.fetch_value("SELECT id FROM refund WHERE stripe_refund_id = $1", answer.id)
