"""An organization's orders, for its people to take along."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from app.core.money import format_amount_input
from app.core.slicing import slices

_LINES = """(SELECT json_agg(json_build_object('title', l.title, 'quantity', l.quantity, 'amount', l.amount)
  ORDER BY l.id) FROM order_line l WHERE l.order_id = o.id)"""


async def orders_of(organization_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """Yield the orders of an organization; money in major units."""
    async for row in slices(
        f"""SELECT o.id, o.number, o.state, o.email, o.amount, o.refunded_amount, o.currency, o.created_at,
              o.completed_at, o.terms ->> 'title' AS page, o.source, {_LINES} AS lines
            FROM "order" o WHERE o.id > $1 AND o.organization_id = $3 ORDER BY o.id LIMIT $2""",  # noqa: S608 - own text
        organization_id,
    ):
        currency = row["currency"]
        lines: list[dict[str, Any]] = json.loads(row["lines"] or "[]")
        yield {
            **dict(row),
            "amount": format_amount_input(row["amount"], currency),
            "refunded_amount": format_amount_input(row["refunded_amount"], currency),
            "lines": [
                {**line, "amount": format_amount_input(line["amount"], currency)} for line in lines
            ],
        }
