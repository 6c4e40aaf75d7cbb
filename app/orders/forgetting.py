"""What orders leave behind: where a download came from, for a while; who bought, for as long as tax law wants it.

An order that is `anonymous` leads back to nobody. Its figures stay: stock and sums are made of them.
"""

from collections.abc import AsyncIterator
from uuid import UUID

from app.core import db
from app.core.retaining import Months, Rows
from app.core.slicing import SLICE, slices
from app.orders.buyers import customer_id

ADDRESSES = (
    Rows(
        "download_attempt",
        "(ip IS NOT NULL OR user_agent <> '') AND created_at < $1",
        empty="ip = NULL, user_agent = ''",
    ),
)
ORDERS = (
    Rows(
        "order",
        "NOT anonymous AND state NOT IN ('processing', 'submitted') AND created_at < $1",
        empty="anonymous = true, email = '', buyer_key = '', customer_id = gen_random_uuid(), payment_intent = NULL, "
        "stripe_session_id = NULL, checkout_url = NULL",
    ),
    Months("order_event", "created_at"),
    Months("download_attempt", "created_at"),
)


async def open_orders(organization_id: UUID) -> int:
    """Return how many checkouts of an organization are under way, refunds that Stripe was not asked for yet too."""
    return await db.fetch_value(
        """SELECT (SELECT count(*) FROM "order" WHERE organization_id = $1
               AND state IN ('processing', 'submitted'))
             + (SELECT count(*) FROM refund r JOIN "order" o ON o.id = r.order_id
                WHERE o.organization_id = $1 AND r.state = 'requested')""",
        organization_id,
    )


async def paid_orders(organization_id: UUID) -> int:
    return await db.fetch_value(
        'SELECT count(*) FROM "order" WHERE organization_id = $1 AND completed_at IS NOT NULL',
        organization_id,
    )


async def orders_of_address(address: str, but_of: UUID | None) -> list[UUID]:
    """Return what an address bought, but from the organization `but_of`."""
    rows = await db.fetch(
        """SELECT id FROM "order" WHERE customer_id = $1 AND ($2::uuid IS NULL OR organization_id <> $2)""",
        *(customer_id(address), but_of),
    )
    return [row["id"] for row in rows]


async def forget_buyers(organization_id: UUID) -> AsyncIterator[list[UUID]]:
    """Take who bought, and the seller's words, out of an organization's orders, in the caller's transaction: what tax law
    wants stays, under ids that lead back to an address only for who knows it. Yield the orders, some at a time."""
    await db.execute(
        """UPDATE "order" SET email = '', buyer_key = '', checkout_url = NULL,
             terms = terms - 'confirmation_message' - 'theme_href' || '{"title": ""}'
           WHERE organization_id = $1""",
        organization_id,
    )
    await db.execute(
        """UPDATE download_attempt SET ip = NULL, user_agent = '' FROM "order" o
           WHERE o.id = order_id AND o.organization_id = $1""",
        organization_id,
    )
    some: list[UUID] = []
    async for row in slices(
        'SELECT id FROM "order" WHERE id > $1 AND organization_id = $3 ORDER BY id LIMIT $2',
        organization_id,
    ):
        some.append(row["id"])
        if len(some) == SLICE:
            yield some
            some = []
    yield some
