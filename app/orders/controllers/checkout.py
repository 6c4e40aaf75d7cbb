"""The visitor's checkout: from the button on the page to Stripe, and back to their own hold."""

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath, QueryParameter

from app.core.errors import Conflict, MayflyError, UpstreamFailed
from app.core.forms import FORM_LEVEL, FieldError, Form
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.ids import is_short_id, new_short_id
from app.core.ratelimit import limit
from app.core.rendering import fragments, page, redirect
from app.orders.buyers import buyer_cookie, buyer_for, buyer_of
from app.orders.checkout import Basket, Placed, start_checkout
from app.orders.controllers import guessing
from app.orders.controllers.again import again
from app.orders.forms import CheckoutForm, read_checkout
from app.orders.links import order_path
from app.orders.paying import OpenHold, open_session, own_hold, release
from app.orders.recent_orders import RecentOrder, recent_order
from app.orders.redeeming import CodeRefused
from app.pages.arriving import read_query
from app.pages.loading import by_short_id
from app.pages.showing import theme_href

Request_ = Request[Any, Any, Any]

# Many buyers share an address in an office; one customer has few reasons to try often.
ADDRESS_RATE = "120/minute"
CUSTOMER_RATE = "12/minute"


class CheckoutController(Controller):
    path = "/p/{short_id:str}"

    @post("/checkout", status_code=200)
    async def start(
        self, request: Request_, now: Named[datetime], short_id: FromPath[str]
    ) -> Response[str]:
        """303 to the payment page, to the finished order, or to the hold this browser has; or the form again, with why."""
        await limit(request, "checkout", ADDRESS_RATE)
        form, quantities = await read_checkout(request)
        if form.data is None or not form.ok:
            return await again(request, short_id, form, 422, now)
        attempt = form.data.attempt or _once(request)
        if not attempt and _needs_attempt(request):
            return _named(short_id)
        await limit(request, "checkout-customer", CUSTOMER_RATE, key=form.data.email.lower())
        buyer = buyer_for(request, attempt, form.data.email, now)
        basket = _basket(short_id, quantities, form.data, buyer, now)
        try:
            await _ensure_may_guess(request, basket)
            placed = await start_checkout(basket, now)
        except (FieldError, Conflict, UpstreamFailed) as error:
            return await _refused(request, short_id, form, error, now)
        response = redirect(request, _next(placed, short_id, now))
        response.set_cookie(buyer_cookie(buyer))
        return response

    @get("/hold")
    async def hold(
        self, request: Request_, now: Named[datetime], short_id: FromPath[str]
    ) -> Response[str]:
        """This browser's own hold; without one, back to the page."""
        held = await _own(request, short_id, now)
        if held is None:
            return await _without_hold(request, short_id, now)
        look = await _look(short_id)
        return page(request, "orders/hold.html", hold=held, **look)

    @post("/hold", status_code=200)
    async def continue_(
        self, request: Request_, now: Named[datetime], short_id: FromPath[str]
    ) -> Response[str]:
        """303 to the payment page of this browser's hold."""
        await limit(request, "checkout", ADDRESS_RATE)
        held = await _own(request, short_id, now)
        if held is None:
            return await _without_hold(request, short_id, now)
        if held.submitted:
            return redirect(request, f"/p/{short_id}/hold")
        return redirect(request, await open_session(held.order_id, now))

    @get("/hold/state")
    async def state(
        self,
        request: Request_,
        now: Named[datetime],
        short_id: FromPath[str],
        alone: Annotated[bool, QueryParameter(name="alone")] = False,
    ) -> Response[str]:
        """The hold as a fragment, or what became of it in another tab; with `alone` the whole page goes on from there."""
        look = await _look(short_id) if is_short_id(short_id) else {}
        held = await _own(request, short_id, now)
        if held is not None and held.submitted and alone:
            return redirect(request, f"/p/{short_id}/hold")
        if held is not None:
            context = {**look, "hold": held, "now": now, "alone": alone}
            return fragments(request, ("orders/_hold.html", context))
        if alone:
            return await _without_hold(request, short_id, now)
        bought = await _bought(request, short_id, now)
        if bought is None:
            return fragments(request, ("orders/_hold_over.html", {**look, "short_id": short_id}))
        path = order_path(bought.order_id, now)
        return fragments(request, ("orders/_bought.html", {"order": bought, "order_path": path}))

    @post("/hold/release", status_code=200)
    async def release(
        self, request: Request_, now: Named[datetime], short_id: FromPath[str]
    ) -> Response[str]:
        """Give this browser's hold up; its units are free at once."""
        return await _release(request, short_id, now)

    @delete("/hold", status_code=200)
    async def delete(
        self, request: Request_, now: Named[datetime], short_id: FromPath[str]
    ) -> Response[str]:
        return await _release(request, short_id, now)


def _once(request: Request_) -> str:
    """Return the id that a form without one was given (`_named`): it makes the browser's key, and is no attempt of its own,
    for the next press comes with the cookie and without it."""
    once = request.query_params.get("once", "")
    return once if is_short_id(once) and len(once) == len(new_short_id()) else ""


def _needs_attempt(request: Request_) -> bool:
    """Whether a browser sends its first form without scripts: a second press must be known to be the same."""
    return buyer_of(request) is None and request.headers.get("sec-fetch-mode") == "navigate"


def _named(short_id: str) -> Response[str]:
    """Have the browser send the same form again, with an id of its own. A second press stops the first on its way here,
    or comes after it with the cookie: either way one order is made."""
    location = f"/p/{short_id}/checkout?once={new_short_id()}"
    return Response(
        "", status_code=307, headers={"Location": location, "Cache-Control": "no-store"}
    )


def _basket(
    short_id: str, quantities: Mapping[UUID, int], sent: CheckoutForm, buyer: str, now: datetime
) -> Basket:
    """Return what was asked for. Raises BadSignature when the link that was sent along was changed."""
    return Basket(
        short_id,
        quantities,
        sent.email,
        buyer,
        sent.attempt,
        code=sent.code,
        source=read_query(short_id, sent.link, now),
        terms=sent.terms,
    )


def _next(placed: Placed, short_id: str, now: datetime) -> str:
    if placed.completed:
        return order_path(placed.order_id, now)
    return placed.payment_url or f"/p/{short_id}/hold"


async def _ensure_may_guess(request: Request_, basket: Basket) -> None:
    if not await guessing.may_guess(request, basket.code, basket.email):
        await _look(basket.short_id)
        raise guessing.too_many()


async def _own(request: Request_, short_id: str, now: datetime) -> OpenHold | None:
    buyer = buyer_of(request)
    return await own_hold(short_id, buyer, now) if buyer and is_short_id(short_id) else None


async def _bought(request: Request_, short_id: str, now: datetime) -> RecentOrder | None:
    buyer = buyer_of(request)
    return await recent_order(short_id, buyer, now) if buyer and is_short_id(short_id) else None


async def _without_hold(request: Request_, short_id: str, now: datetime) -> Response[str]:
    """Lead to the order that was paid in another tab, or back to the page when nothing is held."""
    bought = await _bought(request, short_id, now)
    if bought is not None:
        return redirect(request, order_path(bought.order_id, now), toast=_("This is paid already."))
    return redirect(request, f"/p/{short_id}", toast=_("Nothing is held for you any more."))


async def _release(request: Request_, short_id: str, now: datetime) -> Response[str]:
    await limit(request, "checkout", ADDRESS_RATE)
    held = await _own(request, short_id, now)
    words = _("Released: it is free for others now.")
    if held is not None and held.submitted:
        words = _("Your payment is under way, so this can't be released any more.")
    elif held is None or not await release(held.order_id, now):
        return await _without_hold(request, short_id, now)
    return redirect(request, f"/p/{short_id}", toast=words)


async def _refused(
    request: Request_,
    short_id: str,
    form: Form[CheckoutForm],
    error: FieldError | MayflyError,
    now: datetime,
) -> Response[str]:
    if isinstance(error, FieldError):
        await guessing.count(request, error, form.value("email"))
        form.take(error)
        status = error.status if isinstance(error, CodeRefused) else 422
        return await again(request, short_id, form, status, now)
    form.add(FORM_LEVEL, error.message)
    return await again(request, short_id, form, error.status, now)


async def _look(short_id: str) -> dict[str, Any]:
    """Answer in the page's language and colours."""
    record = await by_short_id(short_id)
    current_language.set(record.language)
    return {
        "page_theme_href": theme_href(record.theme),
        "lang": record.language,
        "own_branding": record.own_branding,
    }
