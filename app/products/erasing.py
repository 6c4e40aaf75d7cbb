"""An organization's products when it ends: their files go, and what was written about them; what was sold stays named in
its orders."""

from datetime import datetime
from uuid import UUID

from app.core import db

# What stands where a name was.
NO_NAME = "\u2013"


async def count_products(organization_id: UUID, user_id: UUID | None = None) -> int:
    """Count an organization's products, those that `user_id` made if given."""
    return await db.fetch_value(
        "SELECT count(*) FROM product WHERE organization_id = $1 AND ($2::uuid IS NULL OR user_id = $2)",
        *(organization_id, user_id),
    )


async def erase_products(organization_id: UUID, user_id: UUID, now: datetime) -> list[str]:
    """Erase the products of an organization, in the caller's transaction; return the folders of their objects."""
    await db.execute(
        "DELETE FROM file f USING product p WHERE p.id = f.product_id AND p.organization_id = $1",
        organization_id,
    )
    rows = await db.fetch(
        """UPDATE product SET name = $2, description = '', active = false, updated_at = $4,
             deactivated_at = coalesce(deactivated_at, $4), deactivated_by = coalesce(deactivated_by, $3)
           WHERE organization_id = $1 RETURNING id, user_id""",
        *(organization_id, NO_NAME, user_id, now),
    )
    return [f"users/{row['user_id']}/products/{row['id']}/" for row in rows]
