"""The customer portal's page: `/p/session/{id}`."""

from datetime import UTC, datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.exceptions import NotFoundException

from app.sandbox.stripe.billing import customers, portal, subscriptions
from app.sandbox.stripe.card_form import CardForm
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.store import Document
from app.sandbox.stripe.world import World
from app.sandbox.web import AnyRequest, page, see


class PortalController(Controller):
    """Where a customer changes the card, cancels, goes on after all, and finds the invoices."""

    path = "/p/session/{id:str}"

    @get()
    async def show(self, world: World, id: str) -> Response[str]:
        context, session = _open(world, id)
        return _page(context, session, CardForm.empty(_email(context, session)))

    @post("/card")
    async def card(self, request: AnyRequest, world: World, id: str) -> Response[str]:
        context, session = _open(world, id)
        form = CardForm.read(await request.form(), _email(context, session))
        payment = form.payment(datetime.fromtimestamp(context.now, UTC))
        if payment is None:
            return _page(context, session, form, 422)
        customer = session["customer"]
        customers.keep_card(context, customer, payment.number, payment.month, payment.year)
        return see(f"/p/session/{id}")

    @post("/subscriptions/{subscription:str}")
    async def change(
        self, request: AnyRequest, world: World, id: str, subscription: str
    ) -> Response[str]:
        """Cancel at the end of the period ({ends: "true"}), or go on ({ends: "false"})."""
        context, session = _open(world, id)
        ends = str((await request.form()).get("ends", ""))
        known = portal.subscriptions_of(context, session["customer"])
        if subscription not in [one["id"] for one in known]:
            raise NotFoundException("There is no such subscription.")
        subscriptions.update(context, {"cancel_at_period_end": ends}, subscription)
        return see(f"/p/session/{id}")


def _open(world: World, id: str) -> tuple[Context, Document]:
    try:
        context = world.context_of(id)
        return context, context.find("billing_portal.session", id)
    except ApiError:
        raise NotFoundException("There is no such portal session.") from None


def _email(context: Context, session: Document) -> str:
    return context.find("customer", session["customer"])["email"] or ""


def _page(context: Context, session: Document, form: CardForm, status: int = 200) -> Response[str]:
    customer = session["customer"]
    known: list[dict[str, Any]] = [
        {"it": one, "name": portal.name_of(context, one), "item": subscriptions.item_of(one)}
        for one in portal.subscriptions_of(context, customer)
    ]
    return page(
        "stripe/billing/portal.html",
        status,
        session=session,
        subscriptions=known,
        card=customers.card_of(context, customer),
        invoices=portal.invoices_of(context, customer),
        form=form,
    )
