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
from app.orders.entering import discounts_of
from app.orders.forms import CheckoutForm
from app.orders.pricing import price_lines
from app.orders.trying import Tried
from app.pages.arriving import read_query
from app.pages.entering import LINK_TERMS
from app.pages.selling import Offer, OfferLine, ensure_running, load_offer

Request_ = Request[Any, Any, Any]


@dataclass(frozen=True)
class Row:
    """A line of the checkout form: what is offered, what one costs this buyer, and how many were asked for."""

    item: OfferLine
    amount: int
    name: str
    quantity: str


async def again(
    request: Request_, short_id: str, form: Form[CheckoutForm], status: int, now: datetime
) -> Response[str]:
    """Show the form with what was typed and what is wrong; a fresh attempt, so that it can be sent again. With scripts the
    page stays, and what is wrong is said in its form.

    Raises BadSignature when the link that was sent along was changed.
    """
    source = read_query(short_id, form.value("link"), now)
    offer = await load_offer(short_id, now, source=source)
    if is_htmx(request):
        return _refuse_in_place(request, offer, form, status)
    return show_form(request, offer, form, status)


def _refuse_in_place(
    request: Request_, offer: Offer, form: Form[CheckoutForm], status: int
) -> Response[str]:
    """Say what is wrong inside the page's form and beside its fields; the form itself is left as it was typed."""
    current_language.set(offer.language)
    fields = {str(line.content_id): item_name(line.content_id) for line in offer.lines}
    fields |= {"email": "email", "code": "code"}
    beside = [
        ("orders/_field_error.html", {"field_id": id, "wrong": form.error(name)})
        for id, name in fields.items()
    ]
    attempt = ("orders/_attempt.html", {"attempt": new_short_id()})
    return fragments(
        request, ("orders/_refusal.html", {"form": form}), *beside, attempt, status=status
    )


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
        "own_branding": offer.own_branding,
        "lang": offer.language,
        "offer": offer,
        "form": form,
        "tried": tried,
        "rows": [_row(offer, line, form) for line in offer.lines],
        "terms": LINK_TERMS if discounts_of(offer) or offer.early else "page",
        "running": _runs(offer),
        "attempt": new_short_id(),
    }
    return page(request, "orders/checkout.html", status=status, **context)


def _row(offer: Offer, line: OfferLine, form: Form[CheckoutForm]) -> Row:
    name = item_name(line.content_id)
    amount = price_lines([(line, 1)], discounts_of(offer)).amount
    return Row(line, amount, name, form.value(name) or "0")


def item_name(content_id: UUID) -> str:
    """Return the name of a quantity's field."""
    return f"item[{content_id}]"


def _runs(offer: Offer) -> bool:
    try:
        ensure_running(offer)
    except Conflict:
        return False
    return True
