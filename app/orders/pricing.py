"""What a basket costs. One rule for whatever lowers a price: reasons do not add up, the best one for the buyer counts."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from app.core.money import percent_off
from app.pages.selling import OfferLine

# An item and how many pieces of it.
Wanted = tuple[OfferLine, int]


@dataclass(frozen=True)
class Discount:
    """A reason to pay less than the page asks of everyone. `percent` comes off each piece, or `amount` (minor units) off
    the whole basket; `stock_id` counts its uses, and is None when they are without limit. `kind` ("link", "code") and
    `name` are what the order remembers of it."""

    kind: str
    name: str
    percent: int
    stock_id: UUID | None = None
    amount: int = 0

    def lines(self, wanted: Sequence[Wanted]) -> "tuple[Line, ...]":
        """Return what is wanted with the prices that it makes. Pieces of one item may differ by a minor unit, when an
        amount can't be spread evenly: they are lines of their own."""
        if self.amount:
            return tuple(_spread(wanted, self.amount))
        return tuple(
            Line(item, quantity, percent_off(item.amount, self.percent, item.step))
            for item, quantity in wanted
        )


@dataclass(frozen=True)
class Line:
    """An item of the offer as it stood, how many pieces of it, and what one costs this buyer, in minor units."""

    item: OfferLine
    quantity: int
    amount: int


@dataclass(frozen=True)
class Priced:
    """A basket with its prices. `discount` is the one that made them, None when the page's own prices stand."""

    lines: tuple[Line, ...]
    discount: Discount | None

    @property
    def amount(self) -> int:
        return sum(line.amount * line.quantity for line in self.lines)


def price_lines(wanted: Sequence[Wanted], discounts: Sequence[Discount] = ()) -> Priced:
    """Price what is wanted (items with their quantities) with the best of `discounts`; of equals, with the first."""
    plain = Priced(tuple(Line(item, quantity, item.amount) for item, quantity in wanted), None)
    lowered = [Priced(one.lines(wanted), one) for one in discounts]
    return min([plain, *lowered], key=lambda priced: priced.amount)


def _spread(wanted: Sequence[Wanted], amount: int) -> Iterator[Line]:
    """Take `amount` off what is wanted, in proportion to what each item costs; never more than it costs. Counted in the
    steps of the currency, so that every price stays one that can be charged."""
    left = sum(item.amount // item.step * quantity for item, quantity in wanted)
    amount = min(amount // wanted[0][0].step, left) if wanted else 0
    for item, quantity in wanted:
        total = item.amount // item.step * quantity
        # What the items before left over by rounding falls to those that come after.
        part = amount * total // left if left else 0
        amount, left = amount - part, left - total
        each, odd = divmod(part, quantity)
        if odd:
            yield Line(item, odd, item.amount - (each + 1) * item.step)
        if quantity > odd:
            yield Line(item, quantity - odd, item.amount - each * item.step)


def units_by_stock(priced: Priced) -> dict[UUID, int]:
    """Add up the pieces of each stock (several lines may share one), and one use of the discount."""
    units: dict[UUID, int] = {}
    for line in priced.lines:
        units[line.item.stock_id] = units.get(line.item.stock_id, 0) + line.quantity
    if priced.discount and priced.discount.stock_id:
        units[priced.discount.stock_id] = 1
    return units
