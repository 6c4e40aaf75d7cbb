"""Trying a discount code on the page, before anything is bought."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.core.i18n import current_language
from app.core.ratelimit import limit
from app.core.rendering import fragments, is_htmx
from app.orders.buyers import buyer_of
from app.orders.controllers import guessing
from app.orders.controllers.again import show_form
from app.orders.forms import read_checkout
from app.orders.redeeming import FIELD, Buyer, CodeRefused
from app.orders.trying import Tried, try_code
from app.pages.arriving import read_query
from app.pages.selling import Offer, load_offer

Request_ = Request[Any, Any, Any]

# Asked for anew when a quantity changes.
ADDRESS_RATE = "120/minute"


class CodeController(Controller):
    path = "/p/{short_id:str}/code"

    @post(status_code=200)
    async def apply(
        self, request: Request_, now: Named[datetime], short_id: FromPath[str]
    ) -> Response[str]:
        """The prices with the code of the form, or why it takes nothing off. Nothing else of the form has to be right."""
        await limit(request, "code", ADDRESS_RATE)
        form, quantities = await read_checkout(request)
        source = read_query(short_id, form.value("link"), now)
        offer = await load_offer(short_id, now, source=source)
        current_language.set(offer.language)
        buyer = Buyer("" if form.error("email") else form.value("email"), buyer_of(request) or "")
        form.errors = {name: form.errors[name] for name in form.errors if name == FIELD}
        tried, status = None, 422 if form.errors else 200
        if not form.errors:
            try:
                tried = await _try(request, offer, form.value(FIELD), quantities, buyer, now)
            except CodeRefused as error:
                await guessing.count(request, error, buyer.email)
                form.take(error)
                status = error.status
        if is_htmx(request):
            context = {"offer": offer, "tried": tried, "refusal": form.error(FIELD)}
            return fragments(request, ("orders/_applied.html", context), status=status)
        return show_form(request, offer, form, status, tried)


async def _try(
    request: Request_,
    offer: Offer,
    typed: str,
    quantities: dict[UUID, int],
    buyer: Buyer,
    now: datetime,
) -> Tried | None:
    if not await guessing.may_guess(request, typed, buyer.email):
        raise guessing.too_many()
    return await try_code(typed, offer, quantities, buyer, now)
