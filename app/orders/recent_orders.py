"""The order that a browser has just paid for, so that its other tabs lead to it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.orders.tables import Order

# Later the way to an order is its link by mail: somebody else may sit at the same browser by then.
RECENT = timedelta(hours=1)
PAID = ("completed", "partially_refunded")


@dataclass(frozen=True)
class RecentOrder:
    """An order of this browser on a page, completed within `RECENT`."""

    order_id: UUID
    number: str
    short_id: str


async def recent_order(short_id: str, buyer: str, now: datetime) -> RecentOrder | None:
    """Return the browser's latest order on a page if it was completed just now; None for an older or an open one."""
    row = (
        await Order.select(Order.id, Order.number, Order.state, Order.completed_at)
        .where((Order.buyer_key == buyer) & (Order.page_id.short_id == short_id))
        .order_by(Order.created_at, ascending=False)
        .first()
    )
    if row is None or row["state"] not in PAID or not row["completed_at"]:
        return None
    if row["completed_at"] <= now - RECENT:
        return None
    return RecentOrder(row["id"], row["number"], short_id)
