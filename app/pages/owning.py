"""Whether an organization has any pages, whatever state they are in."""

from uuid import UUID

from app.core.db import fetch_value


async def any_page(organization_id: UUID) -> bool:
    return await fetch_value(
        "SELECT EXISTS (SELECT 1 FROM page WHERE organization_id = $1)", organization_id
    )
