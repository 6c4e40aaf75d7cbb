"""Finding orders across organizations, for the operator's staff alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.ids import parse_id
from app.core.searching import pattern_of


@dataclass(frozen=True)
class FoundOrder:
    """An order of any organization; `amount` is in minor units."""

    id: UUID
    number: str
    email: str
    state: str
    amount: int
    currency: str
    page_id: UUID
    organization_id: UUID
    stripe_session_id: str | None
    payment_intent: str | None
    created_at: datetime


_SELECT = """
SELECT o.id, o.number, o.email, o.state, o.amount, o.currency, o.page_id, o.organization_id, o.stripe_session_id,
  o.payment_intent, o.created_at
FROM "order" o
"""


async def find_orders(text: str, limit: int = 20) -> Sequence[FoundOrder]:
    """Return the orders whose number or address holds `text`, or of which it is an id, ours or Stripe's."""
    rows = await db.fetch(
        f"""{_SELECT} WHERE o.number ILIKE $1 OR o.email ILIKE $1 OR o.id = $2 OR o.stripe_session_id = $3
            OR o.payment_intent = $3 ORDER BY o.created_at DESC, o.id LIMIT $4""",
        *(pattern_of(text), parse_id(text), text, limit),
    )
    return [FoundOrder(**dict(row)) for row in rows]


async def found_order(order_id: UUID) -> FoundOrder | None:
    row = await db.fetch_one(f"{_SELECT} WHERE o.id = $1", order_id)
    return FoundOrder(**dict(row)) if row else None


async def count_of_page(page_id: UUID) -> dict[str, int]:
    """Return how many orders a page has, by state."""
    rows = await db.fetch(
        'SELECT state, count(*) AS number FROM "order" WHERE page_id = $1 GROUP BY 1', page_id
    )
    return {row["state"]: row["number"] for row in rows}
