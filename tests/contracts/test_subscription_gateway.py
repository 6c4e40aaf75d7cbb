"""The gateway of subscriptions on the sandbox, through the real SDK: what Mayfly relies on holds."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from app.core.ids import new_short_id
from app.payments.gateway import CardDeclined, PaymentUnavailable, UnknownSession
from app.payments.stripe_words import start_params
from app.payments.subscribing import Change, Price, RemoteSubscription, Start, get_subscriptions

SMALL = Price("gateway_small", "small", "Small", 1200, "EUR", "month")
LARGE = Price("gateway_large", "large", "Large", 3900, "EUR", "month")


async def asked(price: Price = SMALL) -> Start:
    gateway, key = get_subscriptions(), new_short_id()
    customer = await gateway.make_customer(key, "ann@example.com", "Ann", {"organization": "one"})
    assert (
        await gateway.make_customer(key, "ann@example.com", "Ann", {"organization": "one"})
        == customer
    )
    return Start(
        key=f"start-{key}",
        customer=customer,
        price=await gateway.ensure_price(price),
        success_url="http://127.0.0.1/done",
        cancel_url="http://127.0.0.1/back",
        metadata={"subscription_id": "one"},
    )


async def running(stripe_account: Any, price: Price = SMALL) -> RemoteSubscription:
    gateway = get_subscriptions()
    session = await gateway.start(await asked(price))
    await stripe_account.pay(session.id)
    done = await gateway.get_start(session.id)
    assert done.subscription
    return await gateway.get(done.subscription)


async def test_a_price_is_made_once(stripe_account: Any) -> None:
    gateway = get_subscriptions()
    first = await gateway.ensure_price(SMALL)
    assert await gateway.ensure_price(SMALL) == first
    assert await gateway.ensure_price(LARGE) != first


async def test_a_start_is_one_and_the_same_and_can_be_closed(stripe_account: Any) -> None:
    gateway, start = get_subscriptions(), await asked()
    made = await gateway.start(start)
    assert (made.status, made.subscription, made.metadata) == (
        "open",
        None,
        {"subscription_id": "one"},
    )
    assert await gateway.start(start) == made
    assert (await gateway.close_start(made.id)).status == "expired"
    assert (await gateway.close_start(made.id)).status == "expired"
    with pytest.raises(UnknownSession):
        await gateway.get_start("cs_test_unknown")


async def test_a_paid_start_is_a_subscription(stripe_account: Any) -> None:
    gateway = get_subscriptions()
    it = await running(stripe_account)
    assert (it.status, it.plan, it.amount, it.currency) == ("active", "small", 1200, "EUR")
    assert it.metadata == {"subscription_id": "one"}
    assert it.period_end and it.period_end > datetime.now(UTC) and it.cancel_at is None
    assert [one.id for one in await gateway.of_customer(it.customer)] == [it.id]
    [invoice] = await gateway.invoices(it.customer)
    assert (invoice.status, invoice.total, invoice.currency) == ("paid", 1200, "EUR")
    assert invoice.url and invoice.pdf_url and invoice.number
    assert (await gateway.portal(it.customer, "http://127.0.0.1/back", "xx")).startswith("http")


async def test_a_change_costs_what_its_preview_said(stripe_account: Any) -> None:
    gateway = get_subscriptions()
    it = await running(stripe_account)
    at = datetime.now(UTC).replace(microsecond=0)
    change = Change(it.id, it.item, await gateway.ensure_price(LARGE), at)
    said = await gateway.preview(change)
    assert said.due == said.total and 2650 < said.due <= 2700 and said.currency == "EUR"
    changed = await gateway.change(change, new_short_id())
    assert (changed.plan, changed.amount, changed.status) == ("large", 3900, "active")
    assert (await gateway.invoices(it.customer))[0].total == said.total
    back = replace(change, price=await gateway.ensure_price(SMALL))
    less = await gateway.preview(back)
    assert less.total < 0 and less.due == 0


async def test_a_declined_change_changes_nothing(stripe_account: Any) -> None:
    gateway = get_subscriptions()
    it = await running(stripe_account)
    await stripe_account.subscription(it.id, "card", outcome="bad")
    change = Change(it.id, it.item, await gateway.ensure_price(LARGE), datetime.now(UTC))
    with pytest.raises(CardDeclined):
        await gateway.change(change, new_short_id())
    assert await gateway.get(it.id) == it


async def test_ending_with_the_period_and_at_once(stripe_account: Any) -> None:
    gateway = get_subscriptions()
    it = await running(stripe_account)
    ends = await gateway.end_with_period(it.id, True)
    assert (ends.status, ends.cancel_at) == ("active", it.period_end)
    assert (await gateway.end_with_period(it.id, False)).cancel_at is None
    over = await gateway.cancel(it.id, credit=True)
    assert over.over and (await gateway.cancel(it.id, credit=True)).over
    with pytest.raises(UnknownSession):
        await gateway.end_with_period(it.id, True)


async def test_no_answer_is_unavailable(stripe_account: Any) -> None:
    await stripe_account.switches(api="down")
    with pytest.raises(PaymentUnavailable):
        await get_subscriptions().get("sub_any")


def test_what_is_sent() -> None:
    sent = start_params(Start("k", "cus_1", "price_1", "http://a", "http://b", "tlh", {"a": "b"}))
    assert (sent.get("mode"), sent.get("customer"), sent.get("locale")) == (
        "subscription",
        "cus_1",
        "auto",
    )
    assert (
        sent.get("subscription_data")
        == {"metadata": {"a": "b"}}
        == {"metadata": sent.get("metadata")}
    )
