"""The checkout form once more: what was typed, what is wrong with it, and what a code makes of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response

from app.core.errors import Conflict
from app.core.forms import Form
from app.core.i18n import current_language
from app.core.ids import new_short_id
from app.core.rendering import fragments, is_htmx, page
from app.orders.forms import CheckoutForm
from app.orders.trying import Tried
from app.pages.selling import Offer, OfferLine, ensure_running, load_offer

Request_ = Request[Any, Any, Any]


@dataclass(frozen=True)
class Row:
    """A line of the checkout form: what is offered, and how many were asked for."""

    item: OfferLine
    name: str
    quantity: str


async def again(
    request: Request_, short_id: str, form: Form[CheckoutForm], status: int, now: datetime
) -> Response[str]:
    """Show the form with what was typed and what is wrong; a fresh attempt, so that it can be sent again."""
    return show_form(request, await load_offer(short_id, now), form, status)


def show_form(
    request: Request_,
    offer: Offer,
    form: Form[CheckoutForm],
    status: int,
    tried: Tried | None = None,
) -> Response[str]:
    """Show the form of a loaded offer, with what the code that was `tried` makes of it."""
    current_language.set(offer.language)
    context = {
        "page_theme_href": offer.theme_href,
        "lang": offer.language,
        "offer": offer,
        "form": form,
        "tried": tried,
        "rows": [_row(line, form) for line in offer.lines],
        "running": _runs(offer),
        "attempt": new_short_id(),
    }
    if is_htmx(request):
        return fragments(request, ("orders/_checkout.html", context), status=status)
    return page(request, "orders/checkout.html", status=status, **context)


def _row(line: OfferLine, form: Form[CheckoutForm]) -> Row:
    name = item_name(line.content_id)
    return Row(line, name, form.value(name) or "0")


def item_name(content_id: UUID) -> str:
    """Return the name of a quantity's field."""
    return f"item[{content_id}]"


def _runs(offer: Offer) -> bool:
    try:
        ensure_running(offer)
    except Conflict:
        return False
    return True
