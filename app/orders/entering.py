"""What a share link does at a checkout: it may lower the price, and open the page before its launch."""

from uuid import UUID

from app.orders.pricing import Discount, Priced
from app.pages.entering import entry_stock
from app.pages.selling import Offer

KIND = "link"


def discounts_of(offer: Offer) -> list[Discount]:
    """Return what the buyer's link takes off, as the one or no discount that it is."""
    came = offer.arrival
    if came is None or came.link is None or not came.discount_percent:
        return []
    return [Discount(KIND, came.source, came.discount_percent, came.link.stock_id)]


def entry_of(offer: Offer, priced: Priced) -> UUID | None:
    """Return the stock of which the buyer takes a use to come in before the launch; None when that needs none, or when the
    discount has taken one of the same."""
    stock_id = entry_stock(offer)
    taken = priced.discount.stock_id if priced.discount else None
    return None if taken == stock_id else stock_id
