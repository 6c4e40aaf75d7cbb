"""Prices that can't be charged alone, named before anybody tries to buy: in the editor, on the page's overview, at a share
link. Several pieces together may reach the minimum, so nothing is refused here."""

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from app.core.currencies import amount_step, minimum_charge
from app.core.forms import Form
from app.core.i18n import gettext as _
from app.core.money import (
    AmountRefused,
    minimum_words,
    parse_amount,
    percent_off,
    small_price_words,
)
from app.pages.lines import Line
from app.products.presenting import ProductCard


def line_warnings(lines: Iterable[Line]) -> dict[UUID, str]:
    """Return words by product for each line whose price, with or without the page's own code, can't be charged alone."""
    found = {line.content.product_id: _words((line.page_amount, line.amount), line.content.currency) for line in lines}  # fmt: skip
    return {product_id: words for product_id, words in found.items() if words}


def typed_warnings(form: Form[Any], items: Sequence[ProductCard]) -> dict[UUID, str]:
    """Return the same for the prices and the discount as they are typed in the editor."""
    amounts, percent = form.all("item_amount"), _percent(form.value("discount_percent"))
    found: dict[UUID, str] = {}
    for card, text in zip(items, amounts, strict=False):
        try:
            amount = parse_amount(text, card.currency)
        except AmountRefused:
            continue
        after = percent_off(amount, percent, amount_step(card.currency))
        # With a code of the page's own, the price without it is asked too.
        asked = (amount, after) if form.value("code") else (after,)
        if words := _words(asked, card.currency):
            found[card.id] = words
    return found


def discount_limit(lines: Iterable[Line]) -> str:
    """Say above which percentage a discount leaves a single piece that can't be charged; "" when none does."""
    worst: tuple[int, Line] | None = None
    for line in lines:
        if words := small_price_words(line.page_amount, line.content.currency):
            return words
        most = _most_percent(line)
        if most is not None and (worst is None or most < worst[0]):
            worst = (most, line)
    if worst is None:
        return ""
    most, line = worst
    return _(
        "With more than %(percent)s %% off, one “%(title)s” costs less than %(least)s, the smallest charge in %(currency)s, and can't be bought alone. 100 %% makes it free.",
        percent=most, title=line.content.title, least=minimum_words(line.content.currency),
        currency=line.content.currency,
    )  # fmt: skip


def _most_percent(line: Line) -> int | None:
    """Return the largest discount below 100 % with which one piece can still be charged; None when all leave it so."""
    currency = line.content.currency
    least, step = minimum_charge(currency), amount_step(currency)
    for percent in range(99, 0, -1):
        if percent_off(line.page_amount, percent, step) >= least:
            return percent if percent < 99 else None
    return 0 if line.page_amount else None


def _words(amounts: Iterable[int], currency: str) -> str:
    return next((words for amount in amounts if (words := small_price_words(amount, currency))), "")


def _percent(text: str) -> int:
    return min(int(text), 100) if text.isascii() and text.isdigit() and len(text) < 4 else 0
