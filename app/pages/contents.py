"""Reading the editor's list of products: which, in what order, at what price, how many."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from uuid import UUID

from app.core.forms import Form
from app.core.i18n import gettext as _
from app.core.money import AmountRefused, parse_amount
from app.pages.forms import PageForm
from app.pages.imaging import keep_picture
from app.pages.loading import Content, PageRecord
from app.pages.terms import MAXIMUM_QUANTITY
from app.pages.types.base import Sells
from app.products.presenting import ProductCard

# A content that is not stored yet, in the preview.
UNSTORED = UUID(int=0)


def read_contents(
    form: Form[Any],
    data: PageForm,
    page: PageRecord,
    cards: Mapping[UUID, ProductCard],
    sells: Sells,
    draft: bool,
) -> tuple[Content, ...]:
    """Return the products that the form lists, in its order, with their prices and pieces; adds to its errors.

    `cards` are the products that may stand on the page; those of a published page stay, and so do their pieces.
    """
    stored = {content.product_id: content for content in page.contents}
    ids = list(dict.fromkeys(data.item))
    if len(data.item_amount) != len(data.item) or len(ids) != len(data.item):
        form.add("item", _("Please choose each product once."))
        return page.contents
    if not draft and set(ids) != set(stored):
        form.add("item", _("The products of a published page stay as they are."))
        return page.contents
    quantities = data.item_quantity + [""] * (len(ids) - len(data.item_quantity))
    found: list[Content] = []
    for index, product_id in enumerate(ids):
        card, kept = cards.get(product_id), stored.get(product_id)
        if card is None:
            form.add("item", _("That product is not here any more."))
            continue
        content = kept or _fresh(card)
        amount = _amount(form, index, data.item_amount[index], content)
        wanted = draft and sells.stock_limit == "item"
        quantity = _quantity(form, index, quantities[index]) if wanted else content.quantity
        found.append(
            replace(_following(content, card), position=index, amount=amount, quantity=quantity)
        )
    if len({content.currency for content in found}) > 1:
        form.add("item", _("All products of a page must have the same currency."))
    return tuple(found)


def _fresh(card: ProductCard) -> Content:
    return Content(UNSTORED, card.id, 0, card.name, "", "", card.amount, card.currency, None, None)


def _following(content: Content, card: ProductCard) -> Content:
    """Return `content` with the product's words and picture of today."""
    return replace(
        content,
        title=card.name,
        summary=card.description,
        instead=card.instead,
        image=keep_picture(card.cover),
        samples=card.samples,
    )


def _amount(form: Form[Any], index: int, text: str, content: Content) -> int:
    try:
        return parse_amount(text, content.currency)
    except AmountRefused as error:
        form.add(f"item_amount-{index}", error.message)
        return content.amount


def _quantity(form: Form[Any], index: int, text: str) -> int | None:
    if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= MAXIMUM_QUANTITY:
        return int(text)
    form.add(f"item_quantity-{index}", _("Please enter how many there are."))
    return None
