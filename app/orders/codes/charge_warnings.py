"""Prices that a discount code takes below the smallest charge, named where the code is edited."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from app.core.currencies import chargeable
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.money import format_money, minimum_words
from app.orders.pricing import price_lines
from app.orders.redeeming import discount_of
from app.pages import loading
from app.pages.selling import offer_lines
from app.stock.codes.standing import Code

MOST_PAGES = 50
MOST_SHOWN = 5


async def too_small(code: Code, page_ids: Collection[UUID], now: datetime) -> list[str]:
    """Return words for items of which one alone can't be bought with the code: it would cost less than the smallest charge."""
    found: list[str] = []
    for page in await loading.several(list(page_ids)[:MOST_PAGES]):
        if code.amount is not None and page.currency != code.currency:
            continue
        for line, currency in offer_lines(page, now):
            price = price_lines([(line, 1)], [discount_of(code)]).amount
            if not chargeable(price, currency):
                found.append(_words(page.title, line.title, price, currency))
    return found[:MOST_SHOWN]


def _words(page: str, title: str, price: int, currency: str) -> str:
    return _(
        "%(page)s: one “%(title)s” would cost %(price)s, less than the smallest charge of %(least)s, and can't be bought alone with this code.",
        page=page,
        title=title,
        least=minimum_words(currency),
        price=format_money(price, currency, current_language.get()),
    )
