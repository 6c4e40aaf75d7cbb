"""The sandbox's own page: sessions, payments, events with their deliveries, switches."""

from itertools import islice
from typing import Any

from litestar import Controller, Response, get

from app.sandbox.stripe.store import Document
from app.sandbox.stripe.world import World
from app.sandbox.web import page

SHOWN = 20


class DashboardController(Controller):
    """`/`, for one account at a time."""

    @get("/")
    async def index(self, world: World, account: str = "") -> Response[str]:
        chosen = world.accounts.of_key(f"sk_test_{account or world.default_account}")
        return page(
            "stripe/dashboard.html",
            account=chosen,
            accounts=world.accounts.names(),
            sessions=self._newest(world, chosen.name, "checkout.session"),
            charges=self._newest(world, chosen.name, "charge"),
            disputes={d["charge"]: d for d in self._newest(world, chosen.name, "dispute")},
            subscriptions=self._newest(world, chosen.name, "subscription"),
            events=self._events(world, chosen.name),
        )

    @get("/events/{id:str}")
    async def event(self, world: World, id: str) -> Response[str]:
        context = world.context_of(id)
        found = context.find("event", id)
        log = world.deliverer.log(context.account.name, id)
        return page("stripe/event.html", event=found, deliveries=log, account=context.account)

    def _newest(self, world: World, account: str, kind: str) -> list[Document]:
        return list(islice(world.store.newest(account, kind), SHOWN))

    def _events(self, world: World, account: str) -> list[tuple[Document, list[dict[str, Any]]]]:
        events = self._newest(world, account, "event")
        return [(event, world.deliverer.log(account, event["id"])) for event in events]
