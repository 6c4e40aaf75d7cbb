"""Whether an organization has any products, active or not."""

from uuid import UUID

from app.core.db import fetch_value


async def any_product(organization_id: UUID) -> bool:
    return await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM product WHERE organization_id = $1)", organization_id
    )
