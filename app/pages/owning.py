"""Whose pages there are: whether an organization has any, and whether any sells a product now."""

from datetime import datetime
from uuid import UUID

from app.core.db import fetch_value
from app.pages.queries import STATE


async def any_page(organization_id: UUID) -> bool:
    return await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM page WHERE organization_id = $1)", organization_id
    )


async def sells_now(product_id: UUID, now: datetime) -> bool:
    """Whether a published page that has not ended sells a product."""
    return await fetch_value(
        f"""SELECT EXISTS (SELECT 1 FROM page_content c JOIN page p ON p.id = c.page_id
            WHERE c.product_id = $2 AND {STATE} NOT IN ('draft', 'expired'))""",  # noqa: S608 - own text
        *(now, product_id),
    )
