"""What an organization's plan counts of its products, and whether one more fits."""

from datetime import datetime
from uuid import UUID

from app.billing.limits import Limit, ensure_room
from app.core.db import fetch_value


async def count_products(organization_id: UUID) -> int:
    """Return how many active products the organization has."""
    return await fetch_value(
        "SELECT count(*) FROM product WHERE organization_id = $1 AND active", organization_id
    )


async def stored_bytes(organization_id: UUID) -> int:
    """Return how large the files of the organization's products are together."""
    return await fetch_value(
        """SELECT coalesce(sum(f.size), 0)::bigint FROM file f JOIN product p ON p.id = f.product_id
           WHERE p.organization_id = $1""",
        organization_id,
    )


async def ensure_room_for_products(organization_id: UUID, now: datetime) -> None:
    """Raise LimitReached when the products, those that this transaction has just made active too, are too many."""

    async def count() -> int:
        return await count_products(organization_id)

    await ensure_room(organization_id, Limit.PRODUCTS, used=count, adding=0, now=now)
