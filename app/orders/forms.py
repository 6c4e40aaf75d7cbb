"""The checkout form: `email`, `attempt`, `code`, `link` with `terms`, and one `item[<content id>]` with a quantity for each thing on the page."""

import re
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Request
from pydantic import Field

from app.core.addresses import MailAddress
from app.core.forms import FORM_LEVEL, Form, FormModel, read_pairs, validate
from app.core.i18n import gettext as _
from app.pages.arriving import LONGEST_QUERY

MAXIMUM_QUANTITY = 1000
MAXIMUM_ITEMS = 100
_ITEM = re.compile(r"item\[([0-9a-fA-F-]{36})\]")


class CheckoutForm(FormModel):
    """Who buys. `attempt` is a hidden id made with the form, so that sending it twice buys once; `code` a discount code
    as somebody types it; `link` the query of the share link that they came by, `terms` whose they were shown."""

    email: MailAddress
    attempt: Annotated[str, Field(max_length=64, pattern=r"^[0-9A-Za-z-]*$")] = ""
    code: Annotated[str, Field(max_length=100)] = ""
    link: Annotated[str, Field(max_length=LONGEST_QUERY)] = ""
    terms: Literal["link", "page"] = "page"


async def read_checkout(
    request: Request[Any, Any, Any],
) -> tuple[Form[CheckoutForm], dict[UUID, int]]:
    """Return the form and the quantities above zero by content. Raises as `read_pairs`."""
    plain: dict[str, Any] = {}
    items: dict[str, str] = {}
    for name, value in await read_pairs(request):
        (items if name.startswith("item[") else plain)[name] = value
    form = validate(CheckoutForm, plain)
    form.values.update(items)
    return form, _quantities(form, items)


def _quantities(form: Form[CheckoutForm], items: dict[str, str]) -> dict[UUID, int]:
    wanted: dict[UUID, int] = {}
    for name, text in list(items.items())[:MAXIMUM_ITEMS]:
        found = _ITEM.fullmatch(name)
        content_id = _uuid(found.group(1)) if found else None
        if content_id is None:
            form.add(FORM_LEVEL, _("That is not on this page."))
            continue
        quantity = _quantity(text)
        if quantity is None:
            form.add(name, _("Please enter a whole number from 0 to %(n)s.", n=MAXIMUM_QUANTITY))
        elif quantity:
            wanted[content_id] = wanted.get(content_id, 0) + quantity
    if not wanted and not form.errors:
        form.add(FORM_LEVEL, _("Please choose at least one."))
    return wanted


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


def _quantity(text: str) -> int | None:
    text = text.strip()
    if not text:
        return 0
    if not text.isascii() or not text.isdigit() or len(text) > 4:
        return None
    return int(text) if int(text) <= MAXIMUM_QUANTITY else None
