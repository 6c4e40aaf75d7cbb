"""What a code would make of a basket, shown before anything is bought. Nothing is held and nothing promised."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.currencies import chargeable
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.money import format_money
from app.orders import entering, redeeming
from app.orders.pricing import Priced, price_lines
from app.orders.redeeming import Buyer
from app.pages.selling import Offer
from app.stock.codes.standing import Code


@dataclass(frozen=True)
class Tried:
    """A code that is good here. Each of `items` is (title, quantity, price on the page, price with the code) of a whole
    line, of one piece each while nothing is chosen. `lowers` is false when it costs as little without it, by the buyer's
    link say."""

    code: Code
    worth: str
    items: tuple[tuple[str, int, int, int], ...]
    chosen: bool
    lowers: bool

    @property
    def before(self) -> int:
        return sum(before for _title, _quantity, before, _after in self.items)

    @property
    def after(self) -> int:
        return sum(after for _title, _quantity, _before, after in self.items)


async def try_code(
    text: str, offer: Offer, quantities: Mapping[UUID, int], buyer: Buyer, now: datetime
) -> Tried | None:
    """Return what the code that was typed makes of the basket; None when none was typed. Raises CodeRefused."""
    code = await redeeming.redeem(text, offer, now, count_uses=True)
    if code is None:
        return None
    await redeeming.ensure_within_limit(code, buyer, now)
    wanted = [(line, quantities[line.content_id]) for line in offer.lines if line.content_id in quantities]  # fmt: skip
    chosen = bool(wanted)
    discounts = [*entering.discounts_of(offer), redeeming.discount_of(code)]
    priced = price_lines(wanted or [(line, 1) for line in offer.lines], discounts)
    lowers = priced.discount is not None and priced.discount.kind == redeeming.KIND
    if chosen and lowers and not chargeable(priced.amount, offer.currency):
        raise redeeming.below_minimum(priced.amount, offer.currency)
    return Tried(code, worth_of(code), tuple(_items(priced)), chosen, lowers)


def worth_of(code: Code) -> str:
    """Return what a code takes off, in words."""
    if code.amount is not None:
        money = format_money(code.amount, code.currency, current_language.get())
        return _("%(money)s off your order", money=money)
    return _("%(percent)s %% off", percent=code.percent)


def _items(priced: Priced) -> list[tuple[str, int, int, int]]:
    """Add up the lines of each item: an amount that can't be spread evenly makes two of one."""
    found: dict[UUID, tuple[str, int, int, int]] = {}
    for line in priced.lines:
        title, quantity, before, after = found.get(line.item.content_id, (line.item.title, 0, 0, 0))
        found[line.item.content_id] = (
            title,
            quantity + line.quantity,
            before + line.item.amount * line.quantity,
            after + line.amount * line.quantity,
        )
    return list(found.values())
