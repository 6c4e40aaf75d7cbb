from pathlib import Path

import httpx
import pytest
import stripe

from app.sandbox.errors import SandboxError
from app.sandbox.process import free_port
from app.sandbox.stripe.starting import start_stripe
from tests.sandbox.conftest import Endpoint, Shop

PAID = ["charge.succeeded", "checkout.session.completed", "payment_intent.created"]


def completed(endpoint: Endpoint) -> int:
    return endpoint.types.count("checkout.session.completed")


def test_webhooks_are_signed_over_the_raw_body(shop: Shop) -> None:
    shop.paid()
    shop.endpoint.wait(lambda it: len(it.bodies) == 4)
    assert set(PAID) < set(shop.endpoint.types)
    for body, signature in zip(shop.endpoint.bodies, shop.endpoint.signatures, strict=True):
        stripe.Webhook.construct_event(body, signature, shop.secret)
        with pytest.raises(stripe.SignatureVerificationError):
            stripe.Webhook.construct_event(body + b" ", signature, shop.secret)


def test_failed_deliveries_are_tried_again(shop: Shop) -> None:
    shop.endpoint.status = 500
    shop.sdk.v1.checkout.sessions.expire(shop.checkout().id)
    shop.endpoint.wait(lambda it: len(it.bodies) == 1)
    shop.endpoint.status = 200
    shop.endpoint.wait(lambda it: len(it.bodies) == 2)
    shop.endpoint.wait(lambda _: log(shop) == [("delivered", 2)])


def log(shop: Shop) -> list[tuple[str, int]]:
    rows = shop.http.get("/sandbox/deliveries").json()
    return [(row["state"], row["attempts"]) for row in rows]


def test_lost_events_are_never_sent_but_can_be_redelivered(shop: Shop) -> None:
    shop.switch(lose=-1)
    shop.paid()
    assert {state for state, _ in log(shop)} == {"lost"}
    event = shop.sdk.v1.events.list({"type": "checkout.session.completed"}).data[0]
    shop.http.post(f"/sandbox/events/{event.id}/redeliver")
    shop.endpoint.wait(lambda it: it.types == ["checkout.session.completed"])


def test_the_next_n_are_lost(shop: Shop) -> None:
    shop.switch(lose=1)
    shop.sdk.v1.checkout.sessions.expire(shop.checkout().id)
    kept = shop.sdk.v1.checkout.sessions.expire(shop.checkout().id)
    shop.endpoint.wait(lambda it: len(it.bodies) == 1)
    assert shop.endpoint.events[0]["data"]["object"]["id"] == kept.id


def test_repeated_events_have_one_id(shop: Shop) -> None:
    shop.switch(repeat=3)
    shop.sdk.v1.checkout.sessions.expire(shop.checkout().id)
    shop.endpoint.wait(lambda it: len(it.bodies) == 3)
    assert len({event["id"] for event in shop.endpoint.events}) == 1


def test_reordered_events_come_reversed(shop: Shop) -> None:
    shop.switch(reorder=2)
    ids = [shop.checkout().id, shop.checkout().id]
    for id in ids:
        shop.sdk.v1.checkout.sessions.expire(id)
    shop.endpoint.wait(lambda it: len(it.bodies) == 2)
    assert [event["data"]["object"]["id"] for event in shop.endpoint.events] == ids[::-1]


def test_delayed_events_wait_for_their_time_or_a_flush(shop: Shop) -> None:
    shop.switch(delay=600)
    shop.paid()
    assert shop.endpoint.bodies == []
    assert shop.http.post("/sandbox/flush").json() == {"delivered": 4, "failed": 0}
    assert completed(shop.endpoint) == 1


def test_flush_sends_held_events_reversed(shop: Shop) -> None:
    shop.switch(reorder=100)
    shop.paid()
    shop.http.post("/sandbox/flush")
    assert shop.endpoint.types[0] == "checkout.session.completed"
    assert shop.endpoint.types[-1] == "payment_intent.created"


def test_an_outage_answers_503_and_does_nothing(shop: Shop) -> None:
    shop.switch(api="down")
    with pytest.raises(stripe.APIError) as it:
        shop.checkout()
    assert it.value.http_status == 503
    shop.switch(api="up")
    assert shop.sdk.v1.checkout.sessions.list().data == []


def test_a_dropped_connection_did_the_work(shop: Shop) -> None:
    shop.switch(api="close")
    with pytest.raises(httpx.RemoteProtocolError):
        shop.http.post("/v1/checkout/sessions", data=session_form())
    shop.switch(api="up")
    assert len(shop.sdk.v1.checkout.sessions.list().data) == 1


def session_form() -> dict[str, str]:
    price = "line_items[0][price_data]"
    return {
        "mode": "payment",
        "success_url": "https://shop.example/",
        "line_items[0][quantity]": "1",
        f"{price}[currency]": "eur",
        f"{price}[unit_amount]": "900",
        f"{price}[product_data][name]": "Song",
    }


def test_a_slow_api_outlasts_a_client(shop: Shop) -> None:
    shop.switch(slow=5)
    with pytest.raises(httpx.ReadTimeout):
        shop.http.get("/v1/events", timeout=0.2)


def test_switches_are_checked(shop: Shop) -> None:
    for wrong in ({"lose": "many"}, {"repeat": 0}, {"api": "sideways"}, {"nope": 1}):
        with pytest.raises(SandboxError):
            shop.switch(**wrong)


def test_disputes(shop: Shop) -> None:
    shop.paid()
    charge = shop.sdk.v1.charges.list().data[0]
    dispute = shop.http.post(f"/sandbox/charges/{charge.id}/dispute").json()
    with pytest.raises(stripe.InvalidRequestError) as it:
        shop.sdk.v1.refunds.create({"charge": charge.id})
    assert it.value.code == "charge_disputed"
    closed = shop.http.post(f"/sandbox/disputes/{dispute['id']}/close", json={"outcome": "lost"})
    assert closed.json()["status"] == "lost"
    shop.endpoint.wait(lambda it: "charge.dispute.closed" in it.types)
    assert "charge.dispute.created" in shop.endpoint.types


def test_a_signed_event_can_be_asked_for(shop: Shop) -> None:
    shop.paid()
    event = shop.sdk.v1.events.list({"limit": 1}).data[0]
    signed = shop.http.get(f"/sandbox/events/{event.id}/signed").json()
    stripe.Webhook.construct_event(signed["payload"], signed["signature"], shop.secret)


def test_everything_survives_a_restart(tmp_path: Path, endpoint: Endpoint) -> None:
    port = free_port()
    first = start_stripe(tmp_path, webhook_url=endpoint.url, port=port)
    http = httpx.Client(
        base_url=first.base_url, headers={"Authorization": f"Bearer {first.api_key}"}
    )
    session = http.post("/v1/checkout/sessions", data=session_form()).json()
    first.switch(delay=1)
    http.post(f"/sandbox/sessions/{session['id']}/pay", json={})
    first.stop()
    second = start_stripe(tmp_path, webhook_url=endpoint.url, port=port)
    assert http.get(f"/v1/checkout/sessions/{session['id']}").json()["payment_status"] == "paid"
    endpoint.wait(lambda it: completed(it) == 1)
    second.stop()
