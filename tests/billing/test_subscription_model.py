"""Any story of a subscription ends as Stripe tells it, whatever of its news came, how often, and in which order."""

from datetime import timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from app.billing import lapsing
from app.billing.changing import change, set_end
from app.billing.limits import plan_of
from app.billing.plans import plan_by_key
from app.billing.queries import live_of
from app.billing.reconciling import reconcile
from app.billing.standing import Subscription
from app.billing.starting import start
from app.core import db
from app.core.errors import Conflict
from app.core.ids import new_id
from app.payments import inbox
from app.payments.gateway import CardDeclined, Event, UnknownSession
from app.payments.subscribing import RemoteSubscription, get_subscriptions
from tests.factories.auth import make_owner
from tests.models.machine import DatabaseMachine, clear, run

OWING = ("past_due", "unpaid")
PLANS = st.sampled_from(["basic", "premium"])


class SubscriptionMachine(DatabaseMachine):
    """A customer, the bank and time act at Stripe; of the news we hear what chance lets through. `world` is
    (stripe_account, now)."""

    @initialize()
    def begin(self) -> None:
        self.stripe, self.now = self.world
        self.do(clear())
        # A customer of their own, whose card and balance no game before has touched.
        email = f"{new_id().hex}@example.com"
        self.viewer = self.do(make_owner(email=email, password="river", name="", now=self.now))
        self.organization = self.viewer.organization_id
        self.heard: set[str] = {event["id"] for event in self.do(self._events())}
        self.news: list[dict[str, Any]] = []
        self.remote: str | None = None

    async def _events(self) -> list[dict[str, Any]]:
        async with self.stripe.client() as client:
            return (await client.get("/v1/events?limit=100")).json()["data"]

    def _happened(self) -> None:
        """Put what Stripe has to tell since the last time beside what was not delivered yet."""
        fresh = [event for event in self.do(self._events()) if event["id"] not in self.heard]
        self.heard |= {event["id"] for event in fresh}
        self.news += fresh

    def _live(self) -> Subscription | None:
        return self.do(live_of(self.organization))

    def _stripes(self) -> RemoteSubscription | None:
        return self.do(get_subscriptions().get(self.remote)) if self.remote else None

    def _runs(self) -> bool:
        found = self._stripes()
        return found is not None and not found.over

    @precondition(lambda self: not self._runs())
    @rule(plan=PLANS)
    def subscribe(self, plan: str) -> None:
        chosen = self.do(plan_by_key(plan))
        assert chosen is not None
        try:
            self.do(start(self.viewer, chosen, self.now))
        except Conflict:
            return  # what ended at Stripe has not been heard of yet
        live = self._live()
        assert live is not None and live.checkout_id is not None
        paid = self.do(self.stripe.pay(live.checkout_id))
        self.remote = paid["subscription"]
        self._happened()

    @precondition(lambda self: self._runs())
    @rule(control=st.sampled_from(["end-period", "announce", "retry"]))
    def time_passes_there(self, control: str) -> None:
        assert self.remote is not None
        self.do(self.stripe.subscription(self.remote, control))
        self._happened()

    @precondition(lambda self: self._runs())
    @rule(outcome=st.sampled_from(["good", "bad"]))
    def the_card(self, outcome: str) -> None:
        assert self.remote is not None
        self.do(self.stripe.subscription(self.remote, "card", outcome=outcome))

    @precondition(
        lambda self: (found := self._stripes()) is not None and found.status == "past_due"
    )
    @rule()
    def stripe_gives_up(self) -> None:
        assert self.remote is not None
        self.do(self.stripe.subscription(self.remote, "give-up"))
        self._happened()

    @precondition(lambda self: self._runs())
    @rule(ends=st.booleans(), here=st.booleans())
    def end_or_go_on(self, ends: bool, here: bool) -> None:
        """In the console, or in Stripe's portal."""
        assert self.remote is not None
        try:
            if here:
                self.do(set_end(self.organization, ends, self.now))
            else:
                self.do(get_subscriptions().end_with_period(self.remote, ends))
        except (Conflict, UnknownSession):
            return  # the console has not heard of it yet
        self._happened()

    @precondition(lambda self: self._runs())
    @rule(plan=PLANS)
    def change_plan(self, plan: str) -> None:
        chosen = self.do(plan_by_key(plan))
        assert chosen is not None
        try:
            self.do(change(self.organization, chosen, self.now, new_id(), self.now))
        except (Conflict, CardDeclined):
            return
        self._happened()

    @precondition(lambda self: self._runs())
    @rule()
    def cancelled_at_stripe(self) -> None:
        assert self.remote is not None
        self.do(get_subscriptions().cancel(self.remote, credit=False))
        self._happened()

    @precondition(lambda self: bool(self.news))
    @rule(chance=st.integers(0, 2**32), most=st.integers(1, 4))
    def some_news_come(self, chance: int, most: int) -> None:
        """In any order, some twice, the rest perhaps later, perhaps never."""
        order = list(range(len(self.news)))
        Random(chance).shuffle(order)
        chosen = order[:most]
        for index in [*chosen, *chosen[:1]]:
            self.do(self._deliver(self.news[index]))
        self.news = [one for index, one in enumerate(self.news) if index not in chosen]

    async def _deliver(self, event: dict[str, Any]) -> None:
        said = Event(event["id"], event["type"], event["data"]["object"])
        await inbox.receive(said, self.now)
        await db.execute("UPDATE stripe_event SET processed_at = NULL WHERE id = $1", event["id"])
        await inbox.process(event["id"], self.now)

    @rule(days=st.integers(1, 5))
    def days_pass_here(self, days: int) -> None:
        self.now += timedelta(days=days)
        live = self._live()
        if live is not None and live.grace_until is not None and live.grace_until <= self.now:
            self.do(lapsing.end_unpaid(live.id, self.now))

    def teardown(self) -> None:
        if not hasattr(self, "organization"):
            return
        self.do(reconcile(self.now))
        row, there = self._live(), self._stripes()
        assert (row is not None and row.stripe_id is not None) == (
            there is not None and not there.over
        )
        plan = self.do(plan_of(self.organization, self.now))
        if row is None or row.stripe_id is None or there is None:
            assert plan.key == "free"
            return
        assert row.stripe_id == there.id
        assert (row.status, row.plan.key, row.amount) == (there.status, there.plan, there.amount)
        assert (row.period_end, row.cancel_at) == (there.period_end, there.cancel_at)
        assert (row.owing_since is not None) == (there.status in OWING)
        over = there.cancel_at is not None and there.cancel_at <= self.now
        assert plan.key == ("free" if over else there.plan)
        mine = self.do(get_subscriptions().of_customer(there.customer))
        said = {"subscription_id": str(row.id)}
        assert [one.id for one in mine if one.metadata == said and not one.over] == [there.id]


@pytest.mark.usefixtures("app")
async def test_any_story_ends_as_stripe_tells_it(stripe_account: Any, now: Any) -> None:
    await run(SubscriptionMachine, (stripe_account, now), examples=7, steps=12)
