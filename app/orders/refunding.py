"""Giving money back: the wish is written first, Stripe is asked outside every transaction, the answer is settled once.

A refund's row id is its idempotency key, so whoever asks Stripe again (the request, its job, the reconciliation) asks
for the same refund.
"""

from datetime import datetime, timedelta
from uuid import UUID

from app.core import db, jobs
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.orders.recording import record
from app.orders.settling import fail, settle
from app.payments.gateway import PaymentRejected, PaymentUnavailable, get_gateway

# Stripe refuses refunds of disputed payments: the bank decides those.
REFUNDABLE = ("completed", "partially_refunded")
# If the request that asks Stripe dies, its job does it after this time.
REPEATED_AFTER = timedelta(minutes=1)


async def refund(
    order_id: UUID,
    amount: int,
    *,
    refund_id: UUID,
    actor_id: UUID | None,
    restock: bool,
    now: datetime,
) -> str:
    """Give `amount` minor units of an order back; with `restock`, as many whole pieces as that pays for are on sale again.

    Return the refund's state: requested (Stripe does not answer, it is asked again), pending, succeeded. A repeated
    call with the same `refund_id` gives nothing more back. Raises Conflict when the order can't be refunded or less is
    left, PaymentRejected when Stripe refuses.
    """
    async with db.transaction():
        order = await db.fetch_one('SELECT * FROM "order" WHERE id = $1 FOR UPDATE', order_id)
        if order is None:
            raise NotFound
        if not await _known(refund_id, order_id):
            await _ensure_left(order, amount)
            await _request(order_id, amount, refund_id, actor_id, restock, now)
    try:
        return await carry_out(refund_id, now)
    except PaymentUnavailable:
        return "requested"


async def _known(refund_id: UUID, order_id: UUID) -> bool:
    owner = await db.fetch_value("SELECT order_id FROM refund WHERE id = $1", refund_id)
    if owner is not None and owner != order_id:
        raise NotFound
    return owner is not None


async def _ensure_left(order: db.Record, amount: int) -> None:
    if order["state"] not in REFUNDABLE or order["payment_intent"] is None:
        raise Conflict(_("This order has no payment that could be refunded."))
    under_way: int = await db.fetch_value(
        "SELECT coalesce(sum(amount), 0)::bigint FROM refund WHERE order_id = $1 AND state IN ('requested', 'pending')",
        order["id"],
    )
    if not 0 < amount <= order["amount"] - order["refunded_amount"] - under_way:
        raise Conflict(_("That is more than what is left to refund."))


async def _request(
    order_id: UUID,
    amount: int,
    refund_id: UUID,
    actor_id: UUID | None,
    restock: bool,
    now: datetime,
) -> None:
    await db.execute(
        "INSERT INTO refund (id, order_id, amount, reason, state, restock, actor_id, created_at, updated_at) "
        "VALUES ($1, $2, $3, 'requested', 'requested', $4, $5, $6, $6)",
        refund_id,
        order_id,
        amount,
        restock,
        actor_id,
        now,
    )
    await record(order_id, "refund_requested", now, actor_id=actor_id, amount=amount)
    await jobs.enqueue(
        "orders.give_back", {"refund_id": str(refund_id)}, run_at=now + REPEATED_AFTER
    )


async def carry_out(refund_id: UUID, now: datetime) -> str:
    """Ask Stripe for a noted refund, unless that is done, and return its state.

    Raises PaymentUnavailable (ask again later) and PaymentRejected (noted as failed).
    """
    row = await db.fetch_one(
        'SELECT r.*, o.payment_intent FROM refund r JOIN "order" o ON o.id = r.order_id WHERE r.id = $1',
        refund_id,
    )
    if row is None or row["state"] != "requested":
        return str(row["state"]) if row else "failed"
    metadata = {"refund_id": str(refund_id), "order_id": str(row["order_id"])}
    try:
        answer = await get_gateway().refund(
            row["payment_intent"], row["amount"], key=str(refund_id), metadata=metadata
        )
    except PaymentRejected as error:
        await fail(refund_id, repr(error.__cause__ or error), now)
        raise
    return await settle(refund_id, answer, now)
