"""What a checkout needs to know of a page: the offer as it stands at a moment, and whether it may be bought."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.pages.lifecycle import State


@dataclass(frozen=True)
class OfferLine:
    """One thing for sale. Amounts are minor units for one piece; several lines may share a stock.

    `stock_id` is never None: an unlimited item has a stock without capacity. `available` is None when unlimited.
    """

    content_id: UUID
    product_id: UUID
    title: str
    original_amount: int
    amount: int
    stock_id: UUID
    available: int | None


@dataclass(frozen=True)
class Offer:
    """A page's terms at one moment, for a checkout to pin. `reason` says why it can't be bought, or is empty."""

    page_id: UUID
    short_id: str
    organization_id: UUID
    group_id: UUID
    user_id: UUID
    title: str
    state: State
    currency: str
    zone: str
    language: str
    discount_percent: int
    per_buyer_limit: int | None
    hold_minutes: int
    confirmation_message: str
    expires_at: datetime | None
    version: int
    lines: tuple[OfferLine, ...]

    def line(self, content_id: UUID) -> OfferLine | None:
        return next((line for line in self.lines if line.content_id == content_id), None)


async def load_offer(short_id: str, now: datetime) -> Offer:
    """Return the offer of a published page. Raises NotFound for an unknown page or a draft."""
    raise NotImplementedError


def ensure_running(offer: Offer) -> None:
    """Raise Conflict, with words for the visitor, unless the offer can be bought now."""


async def retire_if_sold_out(page_id: UUID, now: datetime) -> bool:
    """End a page whose stock is all sold and none of it held, unless its creator keeps it open.

    Joins the caller's transaction. Return whether it ended the page.
    """
    raise NotImplementedError


async def changed(page_id: UUID) -> None:
    """Say, in the current transaction, that the page looks different now."""
