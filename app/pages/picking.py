"""Products as a page's editor picks them, and the pictures that contents keep of them."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.clock import utc_now
from app.products.presenting import Cover, ProductCard
from app.products.queries import choosable_products, product_cards
from app.storage.media import key_of, media_url

SEPARATOR = "\n"


@dataclass(frozen=True)
class Picture:
    """Addresses of a picture's two sizes, 1200 and 400 pixels wide."""

    large: str
    small: str


def keep_picture(cover: Cover | None) -> str:
    """Return what a content keeps of a cover: the keys of its two sizes, so that key rotation can't break it."""
    if cover is None:
        return ""
    addresses = (cover.large, cover.small)
    return SEPARATOR.join(key_of(url.removeprefix("/media/"), utc_now()) for url in addresses)


def picture(kept: str) -> Picture | None:
    """Return the addresses of a kept picture."""
    if not kept:
        return None
    large, _, small = kept.partition(SEPARATOR)
    return Picture(media_url(large), media_url(small))


async def choices(group_id: UUID, chosen: list[UUID], now: datetime) -> dict[UUID, ProductCard]:
    """Return what may stand on a page of the group: what is on sale, and what is on this page already."""
    found = {card.id: card for card in await choosable_products(group_id, now)}
    missing = [product_id for product_id in chosen if product_id not in found]
    if missing:
        found.update(await product_cards(missing, now))
    return found
