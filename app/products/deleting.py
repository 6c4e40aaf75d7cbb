"""Delete a product that was never sold and is on no page, with its files."""

from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.core import db
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.products.queries import find_product
from app.storage.forgetting import remove_folder


async def delete_product(viewer: Viewer, product_id: UUID, now: datetime) -> None:
    """Delete one of the group's products and have its objects removed.

    Raises NotFound, and Conflict when it was sold or is on a page: then it can be hidden from new pages.
    """
    product = await find_product(viewer.group_id, product_id, now)
    try:
        async with db.transaction():
            await db.execute("DELETE FROM product WHERE id = $1", product.id)
            await remove_folder(f"users/{product.user_id}/products/{product.id}/")
    except db.REFERRED_TO as error:
        raise Conflict(
            _("It was sold, or is on a page, so it stays. Hide it from new pages instead.")
        ) from error
