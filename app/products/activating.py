"""Taking a product out of the choice for new pages, and back. Pages that show it keep selling it."""

from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.core.db import execute, transaction
from app.products.room import ensure_room_for_products


async def deactivate(viewer: Viewer, product_id: UUID, now: datetime) -> bool:
    """Hide the product from new pages. False when it was hidden already, or is not the group's."""
    async with transaction():
        return bool(
            await execute(
                """UPDATE product SET active = false, deactivated_at = $3, deactivated_by = $4, updated_at = $3
                   WHERE id = $1 AND group_id = $2 AND active""",
                *(product_id, viewer.group_id, now, viewer.user_id),
            )
        )


async def activate(viewer: Viewer, product_id: UUID, now: datetime) -> bool:
    """Offer the product to new pages again. False when it was offered already, or is not the group's.

    Raises LimitReached when the plan has no room for one more.
    """
    async with transaction():
        activated = await execute(
            """UPDATE product SET active = true, deactivated_at = NULL, deactivated_by = NULL, updated_at = $3
               WHERE id = $1 AND group_id = $2 AND NOT active""",
            *(product_id, viewer.group_id, now),
        )
        if activated:
            await ensure_room_for_products(viewer.organization_id, now)
    return bool(activated)
