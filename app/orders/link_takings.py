"""What share links sold: asked of the orders themselves, so that refunds and late payments count as they are."""

from collections.abc import Sequence
from uuid import UUID

from app.core import db
from app.pages.link_figures import Takings


async def link_takings(link_ids: Sequence[UUID]) -> dict[UUID, Takings]:
    """Return checkouts, paid orders and revenue after refunds, by link; one statement."""
    rows = await db.fetch(
        """SELECT link_id, currency, count(*) AS checkouts, count(completed_at) AS orders,
             coalesce(sum(amount - refunded_amount) FILTER (WHERE completed_at IS NOT NULL), 0)::bigint AS revenue
           FROM "order" WHERE link_id = ANY($1::uuid[]) GROUP BY link_id, currency""",
        list(link_ids),
    )
    found: dict[UUID, Takings] = {}
    for row in rows:
        revenue = {row["currency"]: row["revenue"]} if row["orders"] else {}
        takings = Takings(row["checkouts"], row["orders"], 0, revenue)
        found[row["link_id"]] = found.get(row["link_id"], Takings()) + takings
    return found
