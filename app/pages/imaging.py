"""Pictures on a page: the covers of its products, and its own."""

from dataclasses import dataclass

from app.core.clock import utc_now
from app.products.presenting import Cover
from app.storage.media import key_of, media_url
from app.storage.pictures import WIDTHS

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


def picture_key(key: str, width: int) -> str:
    """Where the web-sized picture of a page's cover lies that was uploaded as `key`."""
    return f"{key}-{width}.webp"


def cover_picture(key: str) -> Picture:
    """Return the addresses of the page cover that was uploaded as `key`."""
    large, small = (media_url(picture_key(key, width)) for width in WIDTHS)
    return Picture(large, small)
