import re
from typing import Any

import httpx
import pytest

from app.sandbox.stripe.card_form import luhn
from tests.sandbox.conftest import Shop

CARD = {
    "email": "ada@example.com",
    "method": "card",
    "card": "4242 4242 4242 4242",
    "expiry": "12/34",
    "cvc": "123",
    "name": "Ada",
}


def form_url(shop: Shop, **more: Any) -> tuple[str, str]:
    session = shop.checkout(1999, **more)
    return session.id, str(session.url)


def test_shows_the_order_and_says_that_it_is_a_sandbox(shop: Shop) -> None:
    _, url = form_url(shop)
    shown = httpx.get(url)
    assert shown.status_code == 200
    for text in (
        "Sandbox: this is not Stripe",
        "€19.99",
        "Song &amp; Co",
        "https://shop.example/back",
    ):
        assert text in shown.text
    assert "script" not in shown.text
    assert "default-src 'none'" in shown.headers["content-security-policy"]


def test_pays_and_sends_the_buyer_back(shop: Shop) -> None:
    id, url = form_url(shop)
    paid = httpx.post(url, data=CARD)
    assert paid.status_code == 303
    assert paid.headers["location"] == f"https://shop.example/done?session_id={id}"
    assert "This is paid" in httpx.get(url).text
    assert httpx.post(url, data=CARD).status_code == 200
    assert len(shop.sdk.v1.charges.list().data) == 1


def test_a_declined_card_is_said_beside_its_field_and_values_are_kept(shop: Shop) -> None:
    _, url = form_url(shop)
    answer = httpx.post(url, data=CARD | {"card": "4000 0000 0000 0002"})
    assert answer.status_code == 402
    field = re.search(
        r'<input id="card"[^>]*>\s*<p class="error" id="card-hint">[^<]+', answer.text
    )
    assert field and "Your card was declined." in field[0]
    assert 'aria-invalid="true"' in field[0] and 'aria-describedby="card-hint"' in field[0]
    assert 'value="ada@example.com"' in answer.text
    assert httpx.post(url, data=CARD).status_code == 303


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("email", "ada"),
        ("card", "4242 4242 4242 4241"),
        ("card", ""),
        ("expiry", "13/30"),
        ("expiry", "01/20"),
        ("cvc", "1"),
        ("name", ""),
        ("method", "cash"),
    ],
)
def test_bad_fields_are_marked(shop: Shop, field: str, value: str) -> None:
    _, url = form_url(shop)
    answer = httpx.post(url, data=CARD | {field: value})
    assert answer.status_code == 422
    assert 'class="error"' in answer.text
    assert shop.sdk.v1.charges.list().data == []


def test_the_shops_email_can_not_be_changed(shop: Shop) -> None:
    id, url = form_url(shop, customer_email="shop@example.com")
    assert "readonly" in httpx.get(url).text
    assert httpx.post(url, data=CARD).status_code == 303
    session = shop.sdk.v1.checkout.sessions.retrieve(id)
    assert session.customer_details and session.customer_details.email == "shop@example.com"


def test_a_bank_debit_needs_no_card(shop: Shop) -> None:
    id, url = form_url(shop)
    answer = httpx.post(url, data={"email": "ada@example.com", "method": "debit_succeeds"})
    assert answer.status_code == 303
    assert shop.sdk.v1.checkout.sessions.retrieve(id).payment_status == "unpaid"
    assert "on its way" in httpx.get(url).text


def test_expired_and_unknown_sessions(shop: Shop) -> None:
    id, url = form_url(shop)
    shop.sdk.v1.checkout.sessions.expire(id)
    assert httpx.get(url).status_code == 410
    assert "expired" in httpx.post(url, data=CARD).text
    assert httpx.get(url.replace("cs_test_", "cs_none_")).status_code == 404


def test_the_dashboard_shows_and_does(shop: Shop) -> None:
    paid, open_id = shop.paid(), shop.checkout().id
    browser = httpx.Client(base_url=shop.sandbox.base_url, headers={"Accept": "text/html"})
    name = shop.key.removeprefix("sk_test_")
    page = browser.get("/", params={"account": name})
    assert page.status_code == 200 and paid.id[:15] in page.text
    assert "checkout.session.completed" in page.text
    event = shop.sdk.v1.events.list().data[0]
    assert event.type in browser.get(f"/events/{event.id}").text
    done = browser.post(f"/sandbox/sessions/{open_id}/expire")
    assert (done.status_code, done.headers["location"]) == (303, f"/?account={name}")
    form = {"account": name, "delay": "2", "lose": "0", "repeat": "1", "reorder": "0"}
    assert browser.post("/sandbox/switches", data=form).status_code == 303
    assert shop.http.get("/sandbox/switches").json()["delay"] == 2
    refused = browser.post("/sandbox/switches", data=form, headers={"Sec-Fetch-Site": "cross-site"})
    assert refused.status_code == 403


def test_check_digits() -> None:
    assert luhn("4242424242424242") and not luhn("4242424242424241")
