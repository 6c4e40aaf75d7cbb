"""`/sandbox/subscriptions`: time passes for a subscription, and its card goes bad or well, whenever one likes."""

from typing import Any

from litestar import Controller, Response, post

from app.sandbox.stripe.asking import answer, read_given
from app.sandbox.stripe.billing import customers, invoicing, passing
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.store import Document
from app.sandbox.stripe.world import World
from app.sandbox.web import AnyRequest

GOOD_CARD = "4242424242424242"


class SubscriptionControls(Controller):
    """Each answers with the subscription as it then is."""

    path = "/sandbox/subscriptions/{id:str}"

    @post("/end-period")
    async def end_period(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        """Renew it, end it when it was to end, or charge again what it owes."""
        context = world.context_of(id)
        with world.store.whole():
            return _answer(request, context, passing.end_period(context, id))

    @post("/announce")
    async def announce(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        """Send `invoice.upcoming`."""
        context = world.context_of(id)
        return _answer(request, context, passing.announce_renewal(context, id))

    @post("/retry")
    async def retry(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        context = world.context_of(id)
        with world.store.whole():
            return _answer(request, context, passing.retry(context, id))

    @post("/give-up")
    async def give_up(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        """Charge no more what it owes: it is unpaid from now on."""
        context = world.context_of(id)
        return _answer(request, context, passing.give_up(context, id))

    @post("/card")
    async def card(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        """Give its customer another card: {card} or {outcome: "good" | "bad"}."""
        context, given = world.context_of(id), await read_given(request)
        subscription = context.find("subscription", id)
        chosen = GOOD_CARD if given.get("outcome") == "good" else invoicing.LATER_DECLINED
        card = str(given.get("card", chosen))
        customers.keep_card(context, subscription["customer"], card, 12, 2034)
        return _answer(request, context, context.find("subscription", id))


def _answer(request: AnyRequest, context: Context, subscription: Document) -> Response[Any]:
    return answer(request, context.account.name, subscription)
