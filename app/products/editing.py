"""Making and changing products. Pages follow name, description and cover, but keep the price they were given."""

from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.core.db import execute, fetch_value, transaction
from app.core.errors import NotFound
from app.core.forms import FieldError
from app.products.announcing import announce_change
from app.products.forms import Details
from app.products.promising import nothing_left_words, something_to_get
from app.products.room import ensure_room_for_products


async def create_product(
    viewer: Viewer, product_id: UUID, details: Details, now: datetime, *, active: bool = True
) -> bool:
    """Create a product under an id chosen by the form. False when it was there already (the form was sent twice).

    One that is not `active` is hidden from new pages, and takes no room of the plan.

    Raises NotFound when the id belongs to another group's product, LimitReached when the plan has no room for one more.
    """
    async with transaction():
        created = await execute(
            """INSERT INTO product (id, user_id, organization_id, group_id, name, description, amount, currency,
                 zone, expires_at, active, deactivated_at, deactivated_by, created_at, updated_at, instead)
               VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $13, $14, $15, $11, $11, $12) ON CONFLICT (id) DO NOTHING""",
            *(product_id, viewer.user_id, viewer.organization_id, viewer.group_id),
            *(details.name, details.description, details.amount, details.currency),
            *(details.zone, details.expires_at, now, details.instead),
            *((True, None, None) if active else (False, now, viewer.user_id)),
        )
        if created and active:
            await ensure_room_for_products(viewer.organization_id, now)
        if created:
            return True
        group_id = await fetch_value("SELECT group_id FROM product WHERE id = $1", product_id)
    if group_id != viewer.group_id:
        raise NotFound
    return False


async def change_product(viewer: Viewer, product_id: UUID, details: Details, now: datetime) -> None:
    """Store new details. Raises NotFound, FieldError when a running page would sell nothing."""
    async with transaction():
        changed = await execute(
            """UPDATE product SET name = $3, description = $4, amount = $5, currency = $6, zone = $7,
                 expires_at = $8, updated_at = $9, instead = $10 WHERE id = $1 AND group_id = $2""",
            *(product_id, viewer.group_id, details.name, details.description, details.amount),
            *(details.currency, details.zone, details.expires_at, now, details.instead),
        )
        if changed:
            if not await something_to_get(product_id, now):
                raise FieldError("instead", nothing_left_words())
            await announce_change(product_id)
    if not changed:
        raise NotFound
