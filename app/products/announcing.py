"""Telling higher modules that a product changed: pages that show it follow its name, description and cover."""

from uuid import UUID

from app.core.jobs import enqueue

CHANGED = "products.changed"


async def announce_change(product_id: UUID) -> None:
    """Record, in the current transaction, that what visitors see of the product changed."""
    await enqueue(CHANGED, {"product_id": product_id})
