"""The editor's lists, rearranged as typed and not yet stored: products, and the rows of a type's own."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from app.core.forms import Form
from app.core.i18n import gettext as _
from app.core.ids import parse_id
from app.core.money import format_amount_input
from app.core.theme import PRESETS
from app.pages.forms import MAXIMUM_CONTENTS
from app.products.presenting import ProductCard

LISTS = ("item", "item_amount", "item_quantity")
Row = list[str]


def arrange(form: Form[Any], cards: Mapping[UUID, ProductCard]) -> None:
    """Do what the form's `pick` says to its list of products: "add", "remove:2", "up:1", "down:0"."""
    rows = _rows(form, LISTS)
    if form.value("pick") == "add":
        _add(form, rows, cards)
    _move(rows, form.value("pick"))
    _put(form, LISTS, rows)


def arrange_rows(form: Form[Any], names: Sequence[str]) -> None:
    """Do what the form's `row` says to the rows whose columns are `names`: "remove:2", "up:1", "down:0"."""
    rows = _rows(form, names)
    _move(rows, form.value("row"))
    _put(form, names, rows)


def _move(rows: list[Row], what: str) -> None:
    verb, _colon, number = what.partition(":")
    index = int(number) if number.isascii() and number.isdigit() and len(number) < 4 else -1
    if verb == "remove" and 0 <= index < len(rows):
        del rows[index]
    elif verb == "up" and 0 < index < len(rows):
        rows.insert(index - 1, rows.pop(index))
    elif verb == "down" and 0 <= index < len(rows) - 1:
        rows.insert(index + 1, rows.pop(index))


def _put(form: Form[Any], names: Sequence[str], rows: list[Row]) -> None:
    for position, name in enumerate(names):
        form.values[name] = [row[position] for row in rows]


def _rows(form: Form[Any], names: Sequence[str]) -> list[Row]:
    columns = [form.all(name) for name in names]
    count = max(map(len, columns))
    return [
        [column[index] if index < len(column) else "" for column in columns]
        for index in range(count)
    ]


def _add(form: Form[Any], rows: list[Row], cards: Mapping[UUID, ProductCard]) -> None:
    product_id = parse_id(form.value("add"))
    card = cards.get(product_id) if product_id else None
    if card is None:
        form.add("add", _("Please choose a product."))
    elif str(product_id) in (row[0] for row in rows):
        form.add("add", _("It is on the page already."))
    elif len(rows) >= MAXIMUM_CONTENTS:
        form.add("add", _("At most %(n)s products on one page.", n=MAXIMUM_CONTENTS))
    elif other := _other_currency(rows, cards, card):
        words = _("Everything on a page has one currency: here it is %(currency)s.", currency=other)
        form.add("add", words)
    else:
        rows.append([str(product_id), format_amount_input(card.amount, card.currency), ""])


def _other_currency(rows: list[Row], cards: Mapping[UUID, ProductCard], card: ProductCard) -> str:
    """Return the currency of what is listed already, when it is not the product's; "" when it fits."""
    listed = [cards[found] for row in rows if (found := parse_id(row[0])) and found in cards]
    return listed[0].currency if listed and listed[0].currency != card.currency else ""


def apply_preset(form: Form[Any]) -> None:
    """Put a preset's colours and shape into the form's theme."""
    theme = PRESETS.get(form.value("preset"))
    if theme is not None:
        form.values.update({name: getattr(theme, name) for name in theme.__dataclass_fields__})
        form.errors = {}
