"""What took something off an order, in words: a discount code, or the link that the buyer came by."""

from dataclasses import dataclass
from typing import Any

from app.core.i18n import gettext as _
from app.core.money import format_money
from app.orders.redeeming import KIND


@dataclass(frozen=True)
class DiscountView:
    """`name` is the code, or the source of the link; `amount` is what it took off the whole order, in minor units."""

    kind: str
    name: str
    percent: int
    amount: int

    @property
    def words(self) -> str:
        percent = f" ({self.percent} %)" if self.percent else ""
        if self.kind == KIND:
            return _("Discount code %(name)s", name=self.name) + percent
        return _("Discount of your link") + percent


def discount_view(terms: dict[str, Any], amount: int) -> DiscountView | None:
    """Return the discount in an order's terms, which took `amount` off; None when nothing did."""
    found = terms.get("discount")
    if not found or not amount:
        return None
    return DiscountView(found["kind"], found["name"], found.get("percent") or 0, amount)


def instead_of(
    terms: dict[str, Any], before: int, after: int, currency: str, locale: str
) -> str:  # fmt: skip
    """Say beside a piece's price what it would have cost; "" when nothing was taken off it."""
    if before == after:
        return ""
    price = format_money(before, currency, locale)
    found = terms.get("discount") or {}
    if found.get("kind") == KIND:
        return _("%(name)s applied: instead of %(price)s", name=found["name"], price=price)
    return _("With your link, instead of %(price)s", price=price)
