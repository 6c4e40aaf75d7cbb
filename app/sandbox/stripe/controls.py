"""`/sandbox`: what Stripe does not have: switches, and the buyer's, the bank's and the network's doings.

Tests send a Bearer key and get JSON; the dashboard's forms name their account and are sent back to it.
"""

import json
import time
from typing import Any, cast

from litestar import Controller, Response, get, post

from app.sandbox.stripe import cashier, checkouts, paying, refunding
from app.sandbox.stripe.accounts import Account
from app.sandbox.stripe.asking import account_of, answer, read_given
from app.sandbox.stripe.delivering import signature
from app.sandbox.stripe.errors import ApiError, missing
from app.sandbox.stripe.paying import Payment
from app.sandbox.stripe.store import Document
from app.sandbox.stripe.world import World
from app.sandbox.web import AnyRequest

PAY_FIELDS = {"card", "email", "name", "method"}


class ControlsController(Controller):
    """Everything under `/sandbox`."""

    path = "/sandbox"

    @get("/switches")
    async def switches(self, request: AnyRequest, world: World) -> Account:
        return account_of(world, request, {})

    @post("/switches")
    async def switch(self, request: AnyRequest, world: World) -> Response[Any]:
        """Any of webhook_url, webhook_secret, delay, lose, repeat, reorder, api, slow, settle_after."""
        given = await read_given(request)
        account = account_of(world, request, given)
        return answer(request, account.name, world.accounts.change(account, given))

    @post("/flush")
    async def flush(self, request: AnyRequest, world: World) -> Response[Any]:
        """Deliver all that waits now; answers `{"delivered": n, "failed": n}`."""
        account = account_of(world, request, await read_given(request))
        return answer(request, account.name, await world.deliverer.flush(account.name))

    @get("/deliveries")
    async def deliveries(
        self, request: AnyRequest, world: World, event: str = ""
    ) -> list[dict[str, Any]]:
        return world.deliverer.log(account_of(world, request, {}).name, event)

    @post("/sessions/{id:str}/pay")
    async def pay(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        """As the hosted page does: {card, email, name, method}; 402 when the card is declined."""
        context = world.context_of(id)
        session = context.find("checkout.session", id)
        email = cashier.email_of(context, session) or "buyer@example.com"
        given = {"email": email} | await read_given(request)
        for name in given.keys() - PAY_FIELDS:
            raise ApiError(
                f"Received unknown parameter: {name}", code="parameter_unknown", param=name
            )
        payment = Payment(
            **cast(dict[str, Any], {name: str(value) for name, value in given.items()})
        )
        if payment.method not in paying.METHODS:
            raise ApiError("Unknown method.", param="method")
        with world.store.whole():
            session = cashier.pay(context, id, payment)
        return answer(request, context.account.name, session)

    @post("/sessions/{id:str}/settle")
    async def settle(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        """End a delayed payment: {outcome: "succeed" | "fail"}."""
        context, given = world.context_of(id), await read_given(request)
        succeeds = given.get("outcome", "succeed") == "succeed"
        return answer(request, context.account.name, paying.settle(context, id, succeeds))

    @post("/sessions/{id:str}/expire")
    async def expire(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        context = world.context_of(id)
        return answer(request, context.account.name, checkouts.expire(context, id))

    @post("/events/{id:str}/redeliver")
    async def redeliver(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        context = world.context_of(id)
        if not context.account.webhook_url:
            raise ApiError("This account has no webhook endpoint.")
        world.deliverer.redeliver(context.account.name, id)
        return answer(request, context.account.name, context.find("event", id))

    @get("/events/{id:str}/signed")
    async def signed(self, world: World, id: str) -> Document:
        """An event as it would be delivered now: {payload, signature}."""
        context = world.context_of(id)
        payload = json.dumps(context.find("event", id), indent=2)
        secret = context.account.webhook_secret
        return {
            "payload": payload,
            "signature": signature(payload.encode(), secret, int(time.time())),
        }

    @post("/charges/{id:str}/dispute")
    async def dispute(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        context = world.context_of(id)
        return answer(request, context.account.name, refunding.dispute(context, id))

    @post("/charges/{id:str}/refund")
    async def refund(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        context = world.context_of(id)
        return answer(request, context.account.name, refunding.create(context, {"charge": id}))

    @post("/refunds/{id:str}/fail")
    async def fail_refund(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        """The buyer's bank sends the money back, after the refund had succeeded."""
        context = world.context_of(id)
        return answer(request, context.account.name, refunding.fail(context, id))

    @post("/disputes/{id:str}/close")
    async def close(self, request: AnyRequest, world: World, id: str) -> Response[Any]:
        """The bank decides: {outcome: "won" | "lost"}."""
        context, outcome = world.context_of(id), (await read_given(request)).get("outcome")
        if outcome not in ("won", "lost"):
            raise missing("outcome", str(outcome), "outcome")
        document = refunding.close_dispute(context, id, won=outcome == "won")
        return answer(request, context.account.name, document)
