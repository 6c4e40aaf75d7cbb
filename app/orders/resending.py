"""Sending a buyer the link to their order again, by the seller's hand."""

import json
from datetime import datetime
from uuid import UUID

from app.core.db import execute, transaction
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.orders.downloading import LINK_RESENT
from app.orders.emails import send_link
from app.orders.presenting import OrderView


async def resend(order: OrderView, request_id: UUID, actor_id: UUID, now: datetime) -> None:
    """Mail the link and record who had it sent; the order's downloads count from the beginning.

    A second call with the same `request_id` does nothing. Raises Conflict unless the order is paid.
    """
    if not order.deliverable:
        raise Conflict(_("This order has nothing to download, so there is no link to send."))
    async with transaction():
        if await send_link(order, f"{LINK_RESENT}:{request_id}", now):
            await execute(
                """INSERT INTO order_event (id, created_at, order_id, kind, actor_id, details)
                   VALUES ($1, $2, $3, $4, $5, $6::jsonb)""",
                *(new_id(), now, order.id, LINK_RESENT, actor_id, json.dumps({})),
            )
