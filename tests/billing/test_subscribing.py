"""A plan is chosen, paid for, changed, owed and cancelled; whoever brings the news, Stripe's state is what counts."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.billing.assigning import assign_plan
from app.billing.changing import change, quote, set_end
from app.billing.following import follow
from app.billing.limits import plan_of
from app.billing.plans import Plan, plan_by_key
from app.billing.queries import live_of
from app.billing.reconciling import reconcile
from app.billing.starting import start
from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.payments.gateway import CardDeclined, PaymentUnavailable
from app.payments.subscribing import get_subscriptions
from tests.factories.billing import subscription_row
from tests.factories.subscriptions import subscribe


async def the(key: str) -> Plan:
    plan = await plan_by_key(key)
    assert plan is not None
    return plan


async def key_of(owner: Any, now: Any) -> str:
    return (await plan_of(owner.viewer.organization_id, now)).key


async def subjects(inbox: Any, owner: Any) -> list[str]:
    return [mail["subject"] for mail in await inbox(owner.viewer.email)]


async def test_a_paid_checkout_is_a_plan(
    owner: Any, stripe_account: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    live = await subscribe(owner.viewer, stripe_account, now, told=False)
    assert await key_of(owner, now) == "free"
    await follow(live.id, now)
    await follow(live.id, now)
    row = await subscription_row(owner.viewer.organization_id)
    assert row is not None
    assert (row["status"], row["plan"], row["amount"], row["currency"]) == (
        "active",
        "basic",
        1200,
        "EUR",
    )
    assert await key_of(owner, now) == "basic"
    await run_jobs()
    assert (await subjects(inbox, owner)).count("Your plan is Basic") == 1


async def test_only_plans_with_a_price_are_for_sale(owner: Any, now: Any) -> None:
    for key in ("free", "enterprise"):
        with pytest.raises(NotFound):
            await start(owner.viewer, await the(key), now)


async def test_two_windows_lead_to_one_page(owner: Any, stripe_account: Any, now: Any) -> None:
    basic = await the("basic")
    urls = await asyncio.gather(*(start(owner.viewer, basic, now) for _ in range(4)))
    assert len(set(urls)) == 1
    assert await start(owner.viewer, basic, now) == urls[0]
    assert await db.fetch_value("SELECT count(*) FROM subscription") == 1


async def test_another_plan_closes_the_page_of_the_one_before(
    owner: Any, stripe_account: Any, now: Any
) -> None:
    await start(owner.viewer, await the("basic"), now)
    first = await live_of(owner.viewer.organization_id)
    assert first is not None and first.checkout_id is not None
    await start(owner.viewer, await the("premium"), now)
    assert (await get_subscriptions().get_start(first.checkout_id)).status == "expired"
    second = await live_of(owner.viewer.organization_id)
    assert (
        second is not None
        and second.plan.key == "premium"
        and second.checkout_id != first.checkout_id
    )
    # What was paid before the page could be closed is what counts.
    await stripe_account.pay(second.checkout_id)
    with pytest.raises(Conflict):
        await start(owner.viewer, await the("basic"), now)
    assert await key_of(owner, now) == "premium"
    with pytest.raises(Conflict):
        await start(owner.viewer, await the("basic"), now)


@pytest.mark.parametrize("_again", range(12))
async def test_two_plans_chosen_at_once_end_in_one_open_page(
    owner: Any, stripe_account: Any, now: Any, _again: int
) -> None:
    plans = [await the("basic"), await the("premium")] * 2
    tries = [start(owner.viewer, plan, now) for plan in plans]
    await asyncio.gather(*tries, return_exceptions=True)
    live = await live_of(owner.viewer.organization_id)
    assert live is not None
    url = await start(owner.viewer, live.plan, now)
    async with stripe_account.client() as client:
        listed = (await client.get("/v1/checkout/sessions?limit=50")).json()["data"]
    mine = [s for s in listed if s["metadata"].get("subscription_id") == str(live.id)]
    assert [session["url"] for session in mine if session["status"] == "open"] == [url]


async def test_a_page_that_was_left_open_too_long_is_made_anew(
    owner: Any, stripe_account: Any, now: Any
) -> None:
    basic = await the("basic")
    await start(owner.viewer, basic, now)
    first = await live_of(owner.viewer.organization_id)
    assert first is not None and first.checkout_id is not None
    await get_subscriptions().close_start(first.checkout_id)
    await start(owner.viewer, basic, now)
    again = await live_of(owner.viewer.organization_id)
    assert again is not None and again.checkout_id != first.checkout_id


async def test_stripe_away_leaves_nothing_that_is_in_the_way(
    owner: Any, stripe_account: Any, now: Any
) -> None:
    for state in ("down", "close"):
        await stripe_account.switches(api=state)
        with pytest.raises(PaymentUnavailable):
            await start(owner.viewer, await the("basic"), now)
    await stripe_account.switches(api="up")
    await subscribe(owner.viewer, stripe_account, now)
    assert await key_of(owner, now) == "basic"


async def test_a_change_costs_what_was_quoted(
    owner: Any, stripe_account: Any, now: Any, run_jobs: Any
) -> None:
    organization = owner.viewer.organization_id
    await subscribe(owner.viewer, stripe_account, now)
    premium = await the("premium")
    quoted = await quote(organization, premium, now)
    assert 2650 < quoted.due <= 2700
    change_id = new_id()
    await change(organization, premium, quoted.at, change_id, now)
    await change(organization, premium, quoted.at, change_id, now)
    assert await key_of(owner, now) == "premium"
    row = await subscription_row(organization)
    assert row is not None and row["amount"] == 3900
    less = await quote(organization, await the("basic"), now)
    assert less.total < 0 == less.due
    with pytest.raises(Conflict):
        await change(organization, await the("basic"), now - timedelta(hours=1), new_id(), now)
    with pytest.raises(Conflict):
        await quote(organization, premium, now)
    with pytest.raises(NotFound):
        await quote(organization, await the("enterprise"), now)


async def test_a_declined_change_changes_nothing(owner: Any, stripe_account: Any, now: Any) -> None:
    live = await subscribe(owner.viewer, stripe_account, now)
    await stripe_account.subscription(live.stripe_id, "card", outcome="bad")
    with pytest.raises(CardDeclined):
        await change(owner.viewer.organization_id, await the("premium"), now, new_id(), now)
    assert await key_of(owner, now) == "basic"


@pytest.mark.any_moment
async def test_cancelled_it_goes_on_to_the_end_of_its_period(
    owner: Any, stripe_account: Any, now: Any, run_jobs: Any, inbox: Any, clock: Any
) -> None:
    organization = owner.viewer.organization_id
    live = await subscribe(owner.viewer, stripe_account, now)
    ends = await set_end(organization, True, now)
    assert ends.cancel_at is not None and ends.cancel_at == ends.period_end
    assert (await set_end(organization, False, now)).cancel_at is None
    await set_end(organization, True, now)
    assert await key_of(owner, ends.cancel_at - timedelta(seconds=1)) == "basic"
    # At the very instant, whatever Stripe has said until then.
    assert await key_of(owner, ends.cancel_at) == "free"
    await stripe_account.subscription(live.stripe_id, "end-period")
    clock.moment = ends.cancel_at + timedelta(minutes=1)
    assert await reconcile(clock.now()) == 1
    row = await subscription_row(organization)
    assert row is not None and (row["status"], row["ended_cause"]) == ("canceled", "canceled")
    await run_jobs()
    assert "Your plan Basic has ended" in await subjects(inbox, owner)
    # And begun anew.
    await subscribe(owner.viewer, stripe_account, clock.now(), "premium")
    assert await key_of(owner, clock.now()) == "premium"


async def test_nothing_paid_is_nothing_to_cancel_or_change(owner: Any, now: Any) -> None:
    with pytest.raises(Conflict):
        await set_end(owner.viewer.organization_id, True, now)
    with pytest.raises(Conflict):
        await quote(owner.viewer.organization_id, await the("basic"), now)


async def owing(owner: Any, stripe_account: Any, clock: Any) -> str:
    """A renewal is declined, and Mayfly has heard of it."""
    live = await subscribe(owner.viewer, stripe_account, clock.now())
    assert live.stripe_id is not None and live.period_end is not None
    await stripe_account.subscription(live.stripe_id, "card", outcome="bad")
    await stripe_account.subscription(live.stripe_id, "end-period")
    clock.moment = live.period_end
    await follow(live.id, clock.now())
    return live.stripe_id


async def test_grace_and_words_and_then_the_free_plan(
    owner: Any, stripe_account: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    stripe_id = await owing(owner, stripe_account, clock)
    since = clock.now()
    await run_jobs()
    assert "The payment for your plan Basic failed" in await subjects(inbox, owner)
    assert await key_of(owner, since + timedelta(days=7, seconds=-1)) == "basic"
    assert await key_of(owner, since + timedelta(days=7)) == "free"
    with pytest.raises(Conflict):
        await quote(owner.viewer.organization_id, await the("premium"), since)
    clock.advance(timedelta(days=3, hours=12))
    await run_jobs()
    assert "Still unpaid: your plan Basic" in await subjects(inbox, owner)
    clock.advance(timedelta(days=3, hours=12))
    await run_jobs()
    row = await subscription_row(owner.viewer.organization_id)
    assert row is not None and (row["status"], row["ended_cause"]) == ("canceled", "unpaid")
    assert (await get_subscriptions().get(stripe_id)).over
    assert "Your plan Basic has ended" in await subjects(inbox, owner)
    assert await key_of(owner, clock.now()) == "free"


async def test_paid_in_grace_it_goes_on(
    owner: Any, stripe_account: Any, clock: Any, run_jobs: Any, inbox: Any
) -> None:
    stripe_id = await owing(owner, stripe_account, clock)
    await stripe_account.subscription(stripe_id, "card", outcome="good")
    await stripe_account.subscription(stripe_id, "retry")
    # Nobody told us; the end of the grace asks before it acts.
    clock.advance(timedelta(days=7))
    await run_jobs()
    row = await subscription_row(owner.viewer.organization_id)
    assert row is not None and (row["status"], row["grace_until"]) == ("active", None)
    assert await key_of(owner, clock.now()) == "basic"


async def test_stripe_away_at_the_end_of_the_grace(
    owner: Any, stripe_account: Any, clock: Any, run_jobs: Any
) -> None:
    stripe_id = await owing(owner, stripe_account, clock)
    clock.advance(timedelta(days=7))
    await stripe_account.switches(api="down")
    with pytest.raises(PaymentUnavailable):
        await run_jobs()
    assert await key_of(owner, clock.now()) == "free"
    assert await reconcile(clock.now()) == 0
    await stripe_account.switches(api="up")
    assert await reconcile(clock.now()) == 1
    assert (await get_subscriptions().get(stripe_id)).over


async def test_a_plan_by_staff_takes_the_place_of_what_was_paid_for(
    owner: Any, stripe_account: Any, now: Any, run_jobs: Any
) -> None:
    organization = owner.viewer.organization_id
    live = await subscribe(owner.viewer, stripe_account, now)
    await assign_plan(organization, "enterprise", now, None)
    await run_jobs()
    assert live.stripe_id is not None
    assert (await get_subscriptions().get(live.stripe_id)).over
    assert await key_of(owner, now) == "enterprise"
    with pytest.raises(Conflict):
        await start(owner.viewer, await the("basic"), now)


async def test_what_is_paid_while_staff_give_a_plan_goes_back(
    owner: Any, stripe_account: Any, now: Any, run_jobs: Any
) -> None:
    organization = owner.viewer.organization_id
    live = await subscribe(owner.viewer, stripe_account, now, told=False)
    await assign_plan(organization, "enterprise", now, None)
    await run_jobs()
    row = await db.fetch_one(
        "SELECT stripe_id, ended_cause FROM subscription WHERE id = $1", live.id
    )
    assert row is not None and row["ended_cause"] == "replaced"
    assert (await get_subscriptions().get(row["stripe_id"])).over
    assert await key_of(owner, now) == "enterprise"


async def test_who_pays_twice_gets_the_second_back(
    owner: Any, stripe_account: Any, now: Any
) -> None:
    """Somebody made another subscription of the same at Stripe."""
    gateway = get_subscriptions()
    live = await subscribe(owner.viewer, stripe_account, now)
    other = await subscribe_again(live, stripe_account)
    await follow(live.id, now, other)
    assert (await gateway.get(other)).over
    assert live.stripe_id is not None and not (await gateway.get(live.stripe_id)).over


async def subscribe_again(live: Any, stripe_account: Any) -> str:
    from app.billing.starting import price_of
    from app.payments.subscribing import Start

    gateway = get_subscriptions()
    customer = (await gateway.get(live.stripe_id)).customer
    price = await gateway.ensure_price(price_of(live.plan))
    said = {"subscription_id": str(live.id)}
    session = await gateway.start(
        Start(new_id().hex, customer, price, "http://a.example", "http://b.example", metadata=said)
    )
    await stripe_account.pay(session.id)
    done = await gateway.get_start(session.id)
    assert done.subscription
    return done.subscription


async def test_without_admins_it_ends_with_its_period(
    owner: Any, stripe_account: Any, now: Any
) -> None:
    await subscribe(owner.viewer, stripe_account, now)
    await db.execute("DELETE FROM user_role")
    await reconcile(now)
    live = await live_of(owner.viewer.organization_id)
    assert live is not None and live.cancel_at is not None
