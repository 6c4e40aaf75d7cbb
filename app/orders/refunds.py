"""Refunds read for the people who sold: those that came to nothing."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.db import fetch, fetch_one

_COLUMNS = """SELECT r.id, r.order_id, o.organization_id, r.amount, r.failure, r.updated_at AS at
FROM refund r JOIN "order" o ON o.id = r.order_id WHERE r.state = 'failed'"""


@dataclass(frozen=True)
class FailedRefund:
    """Money that did not reach the buyer; `amount` in minor units, `failure` in the provider's words."""

    id: UUID
    order_id: UUID
    organization_id: UUID
    amount: int
    failure: str
    at: datetime


async def failed_refund(refund_id: UUID) -> FailedRefund | None:
    """Return a refund if it failed."""
    row = await fetch_one(f"{_COLUMNS} AND r.id = $1", refund_id)
    return FailedRefund(**dict(row)) if row else None


async def failed_refunds_of(order_id: UUID) -> list[FailedRefund]:
    """Return an order's refunds that failed, newest first. The caller has checked the group."""
    rows = await fetch(f"{_COLUMNS} AND r.order_id = $1 ORDER BY r.updated_at DESC, r.id", order_id)
    return [FailedRefund(**dict(row)) for row in rows]
