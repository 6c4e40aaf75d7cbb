"""Disputed payments: the buyer's bank asks for the money back, and downloads stop until that is decided."""

from datetime import datetime

from app.core import db, jobs
from app.orders.recording import happened, record


async def open_dispute(payment_intent: str, dispute_id: str, now: datetime) -> bool:
    """Mark the paid order as disputed. False when it is not, or when the dispute's end came before its beginning."""
    async with db.transaction():
        order = await _locked(payment_intent)
        if order is None or await happened(order["id"], "dispute_closed", dispute=dispute_id):
            return False
        changed = await db.execute(
            "UPDATE \"order\" SET state = 'disputed', updated_at = $2 "
            "WHERE id = $1 AND state IN ('completed', 'partially_refunded')",
            order["id"],
            now,
        )
        if changed:
            await record(order["id"], "disputed", now, dispute=dispute_id)
            said = {"order_id": order["id"], "dispute_id": dispute_id}
            await jobs.enqueue("orders.disputed", said)
    return bool(changed)


async def close_dispute(payment_intent: str, dispute_id: str, won: bool, now: datetime) -> bool:
    """Note a dispute's end. A won one gives the order its state back; a lost one leaves it disputed."""
    async with db.transaction():
        order = await _locked(payment_intent)
        if order is None or await happened(order["id"], "dispute_closed", dispute=dispute_id):
            return False
        if won:
            await db.execute(
                'UPDATE "order" SET updated_at = $2, '
                "state = CASE WHEN refunded_amount > 0 THEN 'partially_refunded' ELSE 'completed' END "
                "WHERE id = $1 AND state = 'disputed'",
                order["id"],
                now,
            )
        await record(order["id"], "dispute_closed", now, dispute=dispute_id, won=won)
        said = {"order_id": order["id"], "dispute_id": dispute_id, "won": won}
        await jobs.enqueue("orders.dispute_closed", said)
    return True


async def _locked(payment_intent: str) -> db.Record | None:
    return await db.fetch_one(
        'SELECT id FROM "order" WHERE payment_intent = $1 FOR UPDATE', payment_intent
    )
