"""Products as a page's editor offers them."""

from datetime import datetime
from uuid import UUID

from app.products.presenting import ProductCard
from app.products.queries import choosable_products, product_cards


async def choices(group_id: UUID, chosen: list[UUID], now: datetime) -> dict[UUID, ProductCard]:
    """Return what may stand on a page of the group: what is on sale, and what is on this page already."""
    found = {card.id: card for card in await choosable_products(group_id, now)}
    missing = [product_id for product_id in chosen if product_id not in found]
    if missing:
        found.update(await product_cards(missing, now))
    return found
