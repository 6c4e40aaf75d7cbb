"""Subscriptions as rows: one by its id, the one of an organization that is not over, those to be looked after."""

from uuid import UUID

from app.billing.standing import SUBSCRIPTION_COLUMNS, Subscription, read_subscription
from app.billing.tables import STRIPE
from app.core import db

_FROM = f"SELECT {SUBSCRIPTION_COLUMNS} FROM subscription s JOIN plan p ON p.id = s.plan_id"  # noqa: S608 - own text


async def subscription_of(subscription_id: UUID) -> Subscription | None:
    row = await db.fetch_one(f"{_FROM} WHERE s.id = $1", subscription_id)
    return read_subscription(row) if row else None


async def by_stripe_id(stripe_id: str) -> Subscription | None:
    row = await db.fetch_one(f"{_FROM} WHERE s.stripe_id = $1", stripe_id)
    return read_subscription(row) if row else None


async def live_of(organization_id: UUID, *, locked: bool = False) -> Subscription | None:
    """Return the organization's subscription that is not over, one that nobody has paid for yet too.

    `locked`: nobody else changes it until the transaction ends.
    """
    lock = "FOR UPDATE OF s" if locked else ""
    row = await db.fetch_one(
        f"{_FROM} WHERE s.organization_id = $1 AND s.ended_at IS NULL {lock}", organization_id
    )
    return read_subscription(row) if row else None


async def unsettled(after: UUID, limit: int) -> list[UUID]:
    """Return the ids of subscriptions at Stripe that are not over, in the order of their ids, from behind `after`."""
    rows = await db.fetch(
        """SELECT id FROM subscription WHERE ended_at IS NULL AND source = $1 AND id > $2
           ORDER BY id LIMIT $3""",
        *(STRIPE, after, limit),
    )
    return [row["id"] for row in rows]


async def customer_of(organization_id: UUID) -> str | None:
    """Return the organization's id at Stripe, if it has one."""
    return await db.fetch_value(
        "SELECT stripe_id FROM billing_customer WHERE organization_id = $1", organization_id
    )
