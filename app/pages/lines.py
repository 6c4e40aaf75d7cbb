"""The items of a page with their prices and their stock, as one visitor sees them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from uuid import UUID

from app.core.currencies import amount_step
from app.core.money import percent_off
from app.pages.arriving import Arrival
from app.pages.coupons import Coupon
from app.pages.imaging import Picture, picture
from app.pages.loading import Content, PageRecord
from app.stock.levels import Level


@dataclass(frozen=True)
class Line:
    """An item with its price now: `page_amount` for everyone, `amount` for this visitor, and for whoever uses the code
    that the page hands out. `level` is that of its own stock, or None when it shares the page's."""

    content: Content
    page_amount: int
    amount: int
    level: Level | None
    picture: Picture | None

    @property
    def original(self) -> int:
        return self.content.amount


def lines_of(
    page: PageRecord,
    levels: Mapping[UUID, Level],
    as_if: Callable[[Level], Level],
    arrival: Arrival | None,
    coupon: Coupon | None,
) -> tuple[Line, ...]:
    """Return the page's items for somebody who came as `arrival` says; each level is shown `as_if` it stood so."""
    own = page.sells.stock_limit == "item"
    # With a code of the page's own, the page's discount is the code's.
    everyone = 0 if coupon else page.sells.discount_percent
    percent = arrival.discount_percent if arrival else 0
    if coupon and coupon.good:
        percent = max(percent, coupon.percent)
    found: list[Line] = []
    for content in page.contents:
        level = as_if(level_of(levels, content.stock_id, content.quantity)) if own else None
        step = amount_step(content.currency)
        amount = percent_off(content.amount, everyone, step)
        lower = percent_off(amount, percent, step)
        found.append(Line(content, amount, lower, level, picture(content.image)))
    return tuple(found)


def level_of(levels: Mapping[UUID, Level], stock_id: UUID | None, quantity: int | None) -> Level:
    """Return how a stock stands; one that is not filled yet has the `quantity` that is planned."""
    found = levels.get(stock_id) if stock_id else None
    return found or Level(quantity, 0, 0, None)


def counted_levels(lines: tuple[Line, ...], level: Level | None) -> list[Level]:
    """Return what limits a page: its own level, or those of its items."""
    return [level] if level else [line.level for line in lines if line.level]
