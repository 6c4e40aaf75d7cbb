"""What is on sale now has something to get: a file, or what the creator says that buyers get instead.

Pages stand above products; they say here what they sell.
"""

from collections.abc import Awaitable, Callable
from datetime import datetime
from uuid import UUID

from app.core.i18n import gettext as _
from app.products.queries import lacking_files

SoldNow = Callable[[UUID, datetime], Awaitable[bool]]
_sellers: list[SoldNow] = []


def ask(seller: SoldNow) -> None:
    """Let `seller` say whether a product is on sale at a moment."""
    if seller not in _sellers:
        _sellers.append(seller)


async def something_to_get(product_id: UUID, now: datetime) -> bool:
    """Whether a product on sale has a file or words instead of one; True for what nobody sells now."""
    if not await lacking_files([product_id]):
        return True
    return not any([await seller(product_id, now) for seller in _sellers])


def nothing_left_words() -> str:
    return _(
        "A published page sells this product. Give it another file first, or say what buyers get instead of a download."
    )
