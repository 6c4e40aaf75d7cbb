"""The hosted checkout page: `/c/pay/{session}`."""

from datetime import UTC, datetime

from babel.numbers import format_currency, get_currency_precision
from litestar import Controller, Response, get, post
from litestar.exceptions import NotFoundException

from app.sandbox.stripe import cashier
from app.sandbox.stripe.card_form import CardForm
from app.sandbox.stripe.checkouts import line_items, notes
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.store import Document
from app.sandbox.stripe.world import World
from app.sandbox.web import AnyRequest, add_filter, page, see

FIELD_OF_DECLINE = {"incorrect_cvc": "cvc", "expired_card": "expiry"}


def money(amount: int, currency: str) -> str:
    """Minor units as people write them: `money(1999, "eur")` is €19.99."""
    places = get_currency_precision(currency.upper())
    return format_currency(amount / 10**places, currency.upper(), locale="en")


def moment(seconds: int) -> str:
    """A time of the API for people, in UTC."""
    return datetime.fromtimestamp(seconds, UTC).strftime("%-d %b %Y %H:%M:%S UTC")


add_filter("money", money)
add_filter("moment", moment)


class HostedController(Controller):
    """What a buyer sees."""

    path = "/c/pay/{id:str}"

    @get()
    async def show(self, world: World, id: str) -> Response[str]:
        context, session = _open(world, id)
        return _page(context, session, CardForm.empty(cashier.email_of(context, session)))

    @post()
    async def pay(self, request: AnyRequest, world: World, id: str) -> Response[str]:
        """Pay, or show what is wrong beside the field it is about."""
        context, session = _open(world, id)
        form = CardForm.read(await request.form(), cashier.email_of(context, session))
        if session["status"] != "open":
            return _page(context, session, form)
        payment = form.payment(datetime.fromtimestamp(context.now, UTC))
        if payment is None:
            return _page(context, session, form, 422)
        try:
            with context.store.whole():
                cashier.pay(context, id, payment)
        except ApiError as error:
            code = str(error.body["error"].get("code", ""))
            form.errors[FIELD_OF_DECLINE.get(code, "card")] = error.message
            return _page(context, session, form, 402)
        return see(return_url(session))


def return_url(session: Document) -> str:
    """Where a buyer goes after paying."""
    return session["success_url"].replace("{CHECKOUT_SESSION_ID}", session["id"])


def _open(world: World, id: str) -> tuple[Context, Document]:
    try:
        context = world.context_of(id)
        return context, context.find("checkout.session", id)
    except ApiError:
        raise NotFoundException("There is no such Checkout Session.") from None


def _page(context: Context, session: Document, form: CardForm, status: int = 200) -> Response[str]:
    closed = session["status"] != "open"
    lines = line_items(context, session["id"])
    return page(
        "stripe/closed.html" if closed else "stripe/pay.html",
        410 if session["status"] == "expired" else status,
        session=session,
        lines=lines,
        notes=notes(context, lines),
        form=form,
        email=cashier.email_of(context, session),
        return_url=return_url(session),
    )
