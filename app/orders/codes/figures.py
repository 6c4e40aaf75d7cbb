"""What a code was used for: by page, how often, and how much it took off."""

from dataclasses import dataclass
from uuid import UUID

from app.core.db import fetch


@dataclass(frozen=True)
class Use:
    """The paid orders of one page with a code. Amounts in minor units: what was taken off, and what was paid."""

    page_id: UUID
    title: str
    orders: int
    taken_off: int
    paid: int
    currency: str


async def uses_of(stock_id: UUID) -> list[Use]:
    """Return the uses of a code, the page with most of them first. Refunded orders have given theirs back."""
    rows = await fetch(
        """SELECT o.page_id, o.currency, max(o.terms ->> 'title') AS title, count(*) AS orders, sum(off.amount)::bigint AS taken_off,
             sum(o.amount - o.refunded_amount)::bigint AS paid
           FROM "order" o CROSS JOIN LATERAL (
             SELECT coalesce(sum(l.reduction * l.quantity), 0) AS amount FROM order_line l WHERE l.order_id = o.id) off
           WHERE o.discount_stock_id = $1 AND o.completed_at IS NOT NULL AND NOT o.discount_returned
           GROUP BY o.page_id, o.currency ORDER BY orders DESC, o.page_id LIMIT 100""",
        stock_id,
    )
    return [Use(**dict(row)) for row in rows]
