"""What pages sold, added up by time, by page and by source; asked of the orders themselves, so refunds count as they are.

Money is in minor units and is never added up across currencies.
"""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db

# Added up three ways at once: None is what a row is not told apart by.
SUMMED = "GROUPING SETS ((bucket, currency), (page_id, past, currency), (source, past, currency))"
EACH = "bucket, page_id, source, past, currency"


@dataclass(frozen=True)
class Sold:
    """What came in: checkouts that were started, orders that were completed, those of them that were free, what they
    cost, and what of that was given back since.

    `bucket` counts from 1 which of the times asked for it belongs to, 0 is what came before the first (`past`).
    """

    bucket: int | None
    page_id: UUID | None
    source: str | None
    past: bool | None
    currency: str
    checkouts: int
    orders: int
    free: int
    gross: int
    refunded: int


async def sold_by(
    page_ids: Collection[UUID], since: datetime, edges: Sequence[datetime], *, each: bool = False
) -> list[Sold]:
    """Return what pages sold since `since`, and between each two of `edges`; the last of these is the end. One statement.

    A checkout counts when it was started, an order when it was completed. `each` tells all apart at once. The caller
    has checked the group.
    """
    rows = await db.fetch(
        f"""WITH told AS (
              SELECT page_id, source, currency, created_at AS at, 1 AS checkouts, 0 AS orders, 0 AS free, 0::bigint AS gross,
                0::bigint AS refunded
              FROM "order" WHERE page_id = ANY($1::uuid[]) AND created_at >= $2 AND created_at < $4
              UNION ALL
              SELECT page_id, source, currency, completed_at, 0, 1, (amount = 0)::int, amount, refunded_amount
              FROM "order" WHERE page_id = ANY($1::uuid[]) AND completed_at >= $2 AND completed_at < $4),
            placed AS (SELECT *, width_bucket(at, $3::timestamptz[]) AS bucket, at < ($3::timestamptz[])[1] AS past FROM told)
            SELECT bucket, page_id, source, past, currency, sum(checkouts)::bigint AS checkouts, sum(orders)::bigint AS orders,
              sum(free)::bigint AS free, sum(gross)::bigint AS gross, sum(refunded)::bigint AS refunded
            FROM placed GROUP BY {EACH if each else SUMMED}""",  # noqa: S608 - own constants
        list(page_ids),
        since,
        list(edges[:-1]),
        edges[-1],
    )
    return [Sold(**dict(row)) for row in rows]


@dataclass(frozen=True)
class NewOrder:
    """An order that was just completed. `together` are all of its page since the same time, and `taken` what they cost
    after refunds, in this currency."""

    id: UUID
    number: str
    page_id: UUID
    amount: int
    currency: str
    completed_at: datetime
    together: int
    taken: int


async def newest_orders(page_ids: Collection[UUID], since: datetime, each: int) -> list[NewOrder]:
    """Return the newest orders completed since then, newest first: so many of each page and currency. The caller has
    checked the group."""
    rows = await db.fetch(
        """SELECT id, number, page_id, amount, currency, completed_at, together, taken FROM (
             SELECT *, count(*) OVER page AS together, (sum(amount - refunded_amount) OVER purse)::bigint AS taken,
               row_number() OVER (PARTITION BY page_id, currency ORDER BY completed_at DESC, id DESC) AS place
             FROM "order" WHERE page_id = ANY($1::uuid[]) AND completed_at >= $2
             WINDOW page AS (PARTITION BY page_id), purse AS (PARTITION BY page_id, currency)) o
           WHERE place <= $3 ORDER BY completed_at DESC, id DESC""",
        *(list(page_ids), since, each),
    )
    return [NewOrder(**dict(row)) for row in rows]
