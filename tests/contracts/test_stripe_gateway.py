"""The Stripe gateway on the sandbox, through the real SDK: what Mayfly relies on holds."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from app.core.ids import new_short_id
from app.payments.gateway import (
    CheckoutItem,
    CheckoutRequest,
    PaymentRejected,
    PaymentUnavailable,
    UnknownSession,
    get_gateway,
)
from app.payments.stripe_gateway import checkout_params
from tests.support.wire import wire

TWO_THINGS = (CheckoutItem("Field guide", 1900, 2), CheckoutItem("Pin", 450, 1))


def asked(
    items: Sequence[CheckoutItem] = TWO_THINGS, currency: str = "EUR", minutes: int = 40
) -> CheckoutRequest:
    return CheckoutRequest(
        key=new_short_id(),
        email="ann@example.com",
        currency=currency,
        items=items,
        expires_at=datetime.now(UTC).replace(microsecond=0) + timedelta(minutes=minutes),
        success_url="http://127.0.0.1/download?session_id={CHECKOUT_SESSION_ID}",
        cancel_url="http://127.0.0.1/p/x/hold",
        metadata={"order_id": "one"},
    )


async def test_a_session_says_what_was_asked(stripe_account: Any) -> None:
    request = asked()
    made = await get_gateway().create_checkout(request)
    assert made.id.startswith("cs_test_")
    assert made.url
    assert (made.status, made.payment_status, made.mode) == ("open", "unpaid", "payment")
    assert (made.amount_total, made.currency) == (4250, "EUR")
    assert made.metadata == {"order_id": "one"}
    assert made.expires_at == request.expires_at
    assert await get_gateway().get_checkout(made.id) == made


async def test_zero_decimal_currencies(stripe_account: Any) -> None:
    made = await get_gateway().create_checkout(asked((CheckoutItem("Guide", 1900, 1),), "JPY"))
    assert (made.amount_total, made.currency) == (1900, "JPY")


async def test_one_key_is_one_session(stripe_account: Any) -> None:
    request = asked()
    first = await get_gateway().create_checkout(request)
    assert await get_gateway().create_checkout(request) == first
    with pytest.raises(PaymentRejected):
        await get_gateway().create_checkout(replace(request, currency="USD"))


async def test_too_short_a_session_is_refused(stripe_account: Any) -> None:
    with pytest.raises(PaymentRejected):
        await get_gateway().create_checkout(asked(minutes=10))


async def test_paid_then_refunded_in_parts(stripe_account: Any) -> None:
    gateway = get_gateway()
    made = await gateway.create_checkout(asked())
    await stripe_account.pay(made.id)
    paid = await gateway.get_checkout(made.id)
    assert (paid.status, paid.payment_status) == ("complete", "paid")
    assert paid.payment_intent
    first = await gateway.refund(paid.payment_intent, 1000, key="a" + made.id, metadata={"n": "1"})
    again = await gateway.refund(paid.payment_intent, 1000, key="a" + made.id, metadata={"n": "1"})
    assert (first.id, first.status, first.amount, first.currency) == (
        again.id,
        "succeeded",
        1000,
        "EUR",
    )
    with pytest.raises(PaymentRejected):
        await gateway.refund(paid.payment_intent, 3251, key="b" + made.id, metadata={})
    await gateway.refund(paid.payment_intent, 3250, key="c" + made.id, metadata={})
    listed = await gateway.refunds_of(paid.payment_intent)
    assert sorted(one.amount for one in listed) == [1000, 3250]
    assert {"n": "1"} in [one.metadata for one in listed]


async def test_closing_a_session_tells_what_it_became(stripe_account: Any) -> None:
    gateway = get_gateway()
    still_open, paid = [await gateway.create_checkout(asked()) for _ in range(2)]
    await stripe_account.pay(paid.id)
    assert (await gateway.expire_checkout(still_open.id)).status == "expired"
    assert (await gateway.expire_checkout(still_open.id)).status == "expired"
    assert (await gateway.expire_checkout(paid.id)).payment_status == "paid"


async def test_unknown_sessions(stripe_account: Any) -> None:
    with pytest.raises(UnknownSession):
        await get_gateway().get_checkout("cs_test_unknown")
    with pytest.raises(UnknownSession):
        await get_gateway().expire_checkout("cs_test_unknown")


async def test_no_answer_is_unavailable(stripe_account: Any) -> None:
    await stripe_account.switches(api="down")
    with pytest.raises(PaymentUnavailable):
        await get_gateway().get_checkout("cs_test_any")


async def test_a_lost_answer_is_found_again_by_its_key(stripe_account: Any) -> None:
    request = asked()
    await stripe_account.switches(api="close")
    with pytest.raises(PaymentUnavailable):
        await get_gateway().create_checkout(request)
    await stripe_account.switches(api="up")
    made = await get_gateway().create_checkout(request)
    assert await get_gateway().create_checkout(request) == made


async def test_the_sandbox_signs_what_the_gateway_reads(stripe_account: Any) -> None:
    made = await get_gateway().create_checkout(asked())
    await stripe_account.pay(made.id)
    headers = {"Authorization": f"Bearer {stripe_account.key}"}
    async with wire(base_url=stripe_account.base, headers=headers) as client:
        events = (await client.get("/v1/events")).json()["data"]
        mine = next(
            event
            for event in events
            if event["type"] == "checkout.session.completed"
            and event["data"]["object"]["id"] == made.id
        )
        signed = (await client.get(f"/sandbox/events/{mine['id']}/signed")).json()
    event = get_gateway().parse_event(signed["payload"].encode(), signed["signature"])
    assert (event.id, event.type) == (mine["id"], "checkout.session.completed")
    assert event.subject["id"] == made.id


def test_what_is_sent() -> None:
    sent = checkout_params(asked())
    assert sent.get("mode") == "payment"
    assert sent.get("adaptive_pricing") == {"enabled": False}
    assert [line.get("quantity") for line in sent.get("line_items", [])] == [2, 1]
    assert sent.get("payment_intent_data") == {"metadata": {"order_id": "one"}}
