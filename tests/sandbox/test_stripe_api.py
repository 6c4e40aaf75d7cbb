import time
from typing import Any

import httpx
import pytest
import stripe

from app.sandbox.errors import SandboxError
from app.sandbox.stripe.starting import refuse_live
from tests.sandbox.conftest import Shop


def test_creates_retrieves_and_lists_sessions(shop: Shop) -> None:
    session = shop.checkout(metadata={"order": "7"}, client_reference_id="7")
    assert (session.status, session.payment_status, session.amount_total) == (
        "open",
        "unpaid",
        1999,
    )
    assert session.url and session.url.endswith(session.id)
    found = shop.sdk.v1.checkout.sessions.retrieve(session.id, {"expand": ["line_items"]})
    assert found.metadata and found.metadata["order"] == "7"
    assert found.line_items and found.line_items.data[0].description == "Song & Co"
    second = shop.checkout()
    page = shop.sdk.v1.checkout.sessions.list({"limit": 1})
    assert [one.id for one in page.data] == [second.id] and page.has_more
    rest = shop.sdk.v1.checkout.sessions.list({"starting_after": second.id})
    assert [one.id for one in rest.data] == [session.id]
    lines = shop.sdk.v1.checkout.sessions.line_items.list(session.id)
    assert lines.data[0].amount_total == 1999


def test_payment_makes_intent_and_charge(shop: Shop) -> None:
    session = shop.checkout(payment_intent_data={"metadata": {"order": "9"}})
    assert shop.pay(session.id, email="ada@example.com", name="Ada").status_code == 200
    expand: Any = {"expand": ["payment_intent.latest_charge"]}
    found = shop.sdk.v1.checkout.sessions.retrieve(session.id, expand)
    assert (found.status, found.payment_status, found.url) == ("complete", "paid", None)
    assert found.customer_details and found.customer_details.email == "ada@example.com"
    intent = found.payment_intent
    assert isinstance(intent, stripe.PaymentIntent) and intent.metadata["order"] == "9"
    assert isinstance(intent.latest_charge, stripe.Charge) and intent.latest_charge.paid
    by_intent = shop.sdk.v1.checkout.sessions.list({"payment_intent": intent.id})
    assert [one.id for one in by_intent.data] == [session.id]
    assert shop.pay(session.id).status_code == 400


@pytest.mark.parametrize(
    ("card", "reason"),
    [("4000 0000 0000 0002", "generic_decline"), ("4000000000009995", "insufficient_funds")],
)
def test_declined_cards_leave_the_session_open(shop: Shop, card: str, reason: str) -> None:
    session = shop.checkout()
    answer = shop.pay(session.id, card=card)
    assert answer.status_code == 402
    assert answer.json()["error"]["decline_code"] == reason
    assert answer.json()["error"]["type"] == "card_error"
    assert shop.sdk.v1.checkout.sessions.retrieve(session.id).status == "open"
    assert shop.pay(session.id).status_code == 200


@pytest.mark.parametrize(
    ("change", "param", "code"),
    [
        ({"nope": 1}, "nope", "parameter_unknown"),
        ({"line_items": []}, "line_items", "parameter_missing"),
        ({"success_url": "ftp://x"}, "success_url", "url_invalid"),
        ({"customer_email": "ada"}, "customer_email", "email_invalid"),
        ({"mode": "free"}, "mode", None),
        ({"locale": "xx"}, "locale", None),
        ({"expires_at": "soon"}, "expires_at", "parameter_invalid_integer"),
        ({"expires_at": int(time.time()) + 60}, "expires_at", None),
        ({"expires_at": int(time.time()) + 90_000}, "expires_at", None),
        ({"metadata": {"k": "v" * 501}}, "metadata[k]", None),
    ],
)
def test_refuses_bad_parameters(shop: Shop, change: Any, param: str, code: str | None) -> None:
    with pytest.raises(stripe.InvalidRequestError) as it:
        shop.checkout(**change)
    assert (it.value.http_status, it.value.param, it.value.code) == (400, param, code)


def test_refuses_bad_lines(shop: Shop) -> None:
    for amount in (-5, 20):
        with pytest.raises(stripe.InvalidRequestError):
            shop.checkout(amount)
    with pytest.raises(stripe.InvalidRequestError) as it:
        shop.checkout(line_items=[{"quantity": 0, "price_data": {"nope": 1}}])
    assert it.value.param == "line_items[0][price_data][nope]"


def test_idempotency_keys(shop: Shop) -> None:
    form = {"payment_intent": shop.paid().payment_intent, "amount": "100"}
    key = {"Idempotency-Key": "refund-1"}
    first = shop.http.post("/v1/refunds", data=form, headers=key)
    again = shop.http.post("/v1/refunds", data=form, headers=key)
    assert again.text == first.text
    assert again.headers["idempotent-replayed"] == "true"
    assert again.headers["original-request"] == first.headers["request-id"]
    assert len(shop.sdk.v1.refunds.list().data) == 1
    other = shop.http.post("/v1/refunds", data=form | {"amount": "200"}, headers=key)
    assert other.status_code == 400
    assert other.json()["error"]["type"] == "idempotency_error"


def test_a_refused_request_does_not_use_up_its_key(shop: Shop) -> None:
    key = {"Idempotency-Key": "k"}
    assert shop.http.post("/v1/refunds", data={"amount": "x"}, headers=key).status_code == 400
    form = {"payment_intent": shop.paid().payment_intent}
    assert shop.http.post("/v1/refunds", data=form, headers=key).status_code == 200


def test_refunds_in_parts_and_never_too_much(shop: Shop) -> None:
    intent = str(shop.paid(1000).payment_intent)
    shop.sdk.v1.refunds.create({"payment_intent": intent, "amount": 400})
    with pytest.raises(stripe.InvalidRequestError, match="greater than unrefunded"):
        shop.sdk.v1.refunds.create({"payment_intent": intent, "amount": 601})
    rest = shop.sdk.v1.refunds.create({"payment_intent": intent, "metadata": {"order": "1"}})
    assert (rest.amount, rest.status) == (600, "succeeded")
    with pytest.raises(stripe.InvalidRequestError) as it:
        shop.sdk.v1.refunds.create({"payment_intent": intent})
    assert it.value.code == "charge_already_refunded"
    amounts = [one.amount for one in shop.sdk.v1.refunds.list({"payment_intent": intent}).data]
    assert amounts == [600, 400]
    charge = shop.sdk.v1.charges.list({"payment_intent": intent}).data[0]
    assert charge.refunded and charge.amount_refunded == 1000


def test_only_an_open_session_can_be_expired(shop: Shop) -> None:
    session = shop.checkout()
    assert shop.sdk.v1.checkout.sessions.expire(session.id).status == "expired"
    for closed in (session, shop.paid()):
        with pytest.raises(stripe.InvalidRequestError, match="can be expired"):
            shop.sdk.v1.checkout.sessions.expire(closed.id)
    assert shop.pay(session.id).status_code == 400


def test_events_can_be_listed_by_type_and_time(shop: Shop) -> None:
    session = shop.paid()
    completed = shop.sdk.v1.events.list({"type": "checkout.session.completed"}).data
    assert completed[0].data.object["id"] == session.id
    assert shop.sdk.v1.events.list({"created": {"gt": int(time.time()) + 5}}).data == []
    types: Any = {"types": ["charge.succeeded", "payment_intent.succeeded"]}
    assert len(shop.sdk.v1.events.list(types).data) == 2
    assert shop.sdk.v1.events.retrieve(completed[0].id).type == "checkout.session.completed"


def test_delayed_payments_settle_later(shop: Shop) -> None:
    good, bad = shop.checkout(), shop.checkout()
    shop.pay(good.id, method="debit_succeeds")
    shop.pay(bad.id, method="debit_fails")
    waiting = shop.sdk.v1.checkout.sessions.retrieve(good.id)
    assert (waiting.status, waiting.payment_status) == ("complete", "unpaid")
    shop.http.post(f"/sandbox/sessions/{good.id}/settle", json={"outcome": "succeed"})
    shop.http.post(f"/sandbox/sessions/{bad.id}/settle", json={"outcome": "fail"})
    assert shop.sdk.v1.checkout.sessions.retrieve(good.id).payment_status == "paid"
    assert shop.sdk.v1.checkout.sessions.retrieve(bad.id).payment_status == "unpaid"
    types = [event.type for event in shop.sdk.v1.events.list({"limit": 30}).data]
    assert "checkout.session.async_payment_succeeded" in types
    assert "checkout.session.async_payment_failed" in types
    assert shop.http.post(f"/sandbox/sessions/{bad.id}/settle").status_code == 400


def test_unknown_and_others_objects_are_missing(shop: Shop, sandbox: Any) -> None:
    session = shop.checkout()
    stranger = stripe.StripeClient(
        "sk_test_stranger", base_addresses={"api": sandbox.base_url}, max_network_retries=0
    )
    for client, id in ((shop.sdk, "cs_test_none"), (stranger, session.id)):
        with pytest.raises(stripe.InvalidRequestError) as it:
            client.v1.checkout.sessions.retrieve(id)
        assert (it.value.http_status, it.value.code) == (404, "resource_missing")
    assert shop.http.get("/v1/teapots").status_code == 404


@pytest.mark.parametrize("header", ["", "Bearer sk_live_1", "Bearer pk_test_1", "Basic %%%"])
def test_other_keys_are_refused(shop: Shop, header: str) -> None:
    answer = httpx.get(f"{shop.sandbox.base_url}/v1/events", headers={"Authorization": header})
    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"


def test_never_starts_beside_a_live_key() -> None:
    with pytest.raises(SandboxError, match="live key"):
        refuse_live({"MAYFLY_STRIPE_API_KEY": "sk_live_123"})
