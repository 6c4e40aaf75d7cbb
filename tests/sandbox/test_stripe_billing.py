"""Stripe Billing in the sandbox, through the real SDK: subscribed to, changed, renewed, owed, cancelled, and told of."""

from typing import Any

import httpx
import pytest
import stripe

from app.sandbox.stripe.billing.prorating import period_end
from tests.sandbox.conftest import Shop

BAD_LATER = "4000000000000341"
CARD = {
    "method": "card",
    "card": "4242 4242 4242 4242",
    "expiry": "12/34",
    "cvc": "123",
    "name": "Ada",
    "email": "ada@example.com",
}


def price(shop: Shop, amount: int, key: str = "", interval: Any = "month") -> stripe.Price:
    params: Any = {
        "currency": "eur",
        "unit_amount": amount,
        "recurring": {"interval": interval},
        "product_data": {"name": f"Plan of {amount}"},
        "metadata": {"plan": str(amount)},
    }
    return shop.sdk.v1.prices.create(params | ({"lookup_key": key} if key else {}))


def checkout(shop: Shop, amount: int = 1200) -> stripe.checkout.Session:
    customer = shop.sdk.v1.customers.create({"email": "ada@example.com", "name": "Ada"})
    return shop.sdk.v1.checkout.sessions.create(
        {
            "mode": "subscription",
            "customer": customer.id,
            "line_items": [{"price": price(shop, amount).id, "quantity": 1}],
            "success_url": "https://shop.example/done?session_id={CHECKOUT_SESSION_ID}",
            "subscription_data": {"metadata": {"organization": "one"}},
        }
    )


def subscribed(shop: Shop, amount: int = 1200) -> stripe.Subscription:
    session = checkout(shop, amount)
    assert shop.pay(session.id).status_code == 200
    found = shop.sdk.v1.checkout.sessions.retrieve(session.id)
    return shop.sdk.v1.subscriptions.retrieve(str(found.subscription))


def press(shop: Shop, id: str, control: str, **given: str) -> dict[str, Any]:
    answer = shop.http.post(f"/sandbox/subscriptions/{id}/{control}", json=given)
    assert answer.status_code == 200, answer.text
    return answer.json()


def change(shop: Shop, it: stripe.Subscription, to: stripe.Price, **more: Any) -> Any:
    params: Any = {"items": [{"id": it["items"].data[0].id, "price": to.id}], **more}
    return shop.sdk.v1.subscriptions.update(it.id, params)


def test_a_price_is_found_by_its_key(shop: Shop) -> None:
    made = price(shop, 1200, "basic")
    price(shop, 3900, "premium")
    found = shop.sdk.v1.prices.list({"lookup_keys": ["basic"], "active": True}).data
    assert [one.id for one in found] == [made.id]
    assert found[0].recurring and found[0].recurring.interval == "month"
    with pytest.raises(stripe.InvalidRequestError):
        price(shop, 1300, "basic")


def test_paying_begins_a_subscription(shop: Shop) -> None:
    session = checkout(shop)
    shown = httpx.get(str(session.url))
    assert "€12.00" in shown.text and "/ month" in shown.text and "ada@example.com" in shown.text
    assert httpx.post(str(session.url), data=CARD).status_code == 303
    paid = shop.sdk.v1.checkout.sessions.retrieve(session.id)
    assert (paid.status, paid.payment_status, paid.mode) == ("complete", "paid", "subscription")
    it = shop.sdk.v1.subscriptions.retrieve(str(paid.subscription))
    item = it["items"].data[0]
    assert (it.status, it.metadata["organization"], item.price.unit_amount) == (
        "active",
        "one",
        1200,
    )
    assert item.current_period_end == period_end(item.current_period_start, item.price, it.created)
    [invoice] = shop.sdk.v1.invoices.list({"subscription": it.id}).data
    assert (invoice.status, invoice.total, invoice.billing_reason) == (
        "paid",
        1200,
        "subscription_create",
    )
    wanted = {"checkout.session.completed", "customer.subscription.created", "invoice.paid"}
    shop.endpoint.wait(lambda seen: wanted <= set(seen.types))


def test_a_declined_card_begins_nothing(shop: Shop) -> None:
    session = checkout(shop)
    for card in ("4000 0000 0000 0002", BAD_LATER):
        answer = httpx.post(str(session.url), data=CARD | {"card": card})
        assert answer.status_code == 402 and "was declined" in answer.text
    assert shop.pay(session.id, method="debit_succeeds").status_code == 400
    assert shop.sdk.v1.subscriptions.list({"status": "all"}).data == []


def test_a_larger_plan_costs_the_rest_of_the_period(shop: Shop) -> None:
    it = subscribed(shop)
    item, to = it["items"].data[0], price(shop, 3600)
    half = (item.current_period_start + item.current_period_end) // 2
    details: Any = {
        "items": [{"id": item.id, "price": to.id}],
        "proration_behavior": "always_invoice",
        "proration_date": half,
    }
    said = shop.sdk.v1.invoices.create_preview(
        {"subscription": it.id, "subscription_details": details}
    )
    assert (said.amount_due, [line.amount for line in said.lines.data]) == (1200, [-600, 1800])
    later = shop.sdk.v1.invoices.create_preview(
        {"subscription": it.id, "subscription_details": details | {"proration_behavior": "none"}}
    )
    assert later.amount_due == 3600
    behavior = {"proration_behavior": "always_invoice", "proration_date": half}
    changed = change(shop, it, to, **behavior, payment_behavior="error_if_incomplete")
    assert changed["items"].data[0].price.unit_amount == 3600
    newest = shop.sdk.v1.invoices.list({"customer": str(it.customer), "limit": 1}).data[0]
    assert (newest.status, newest.amount_paid) == ("paid", 1200)


def test_what_a_smaller_plan_gives_back_pays_for_the_next_period(shop: Shop) -> None:
    it = subscribed(shop, 3600)
    to = price(shop, 1200)
    start = it["items"].data[0].current_period_start
    change(shop, it, to, proration_behavior="always_invoice", proration_date=start)
    customer = shop.sdk.v1.customers.retrieve(str(it.customer))
    assert customer.balance == -2400
    press(shop, it.id, "end-period")
    newest = shop.sdk.v1.invoices.list({"customer": str(it.customer), "limit": 1}).data[0]
    assert (newest.total, newest.amount_due, newest.status) == (1200, 0, "paid")
    assert shop.sdk.v1.customers.retrieve(str(it.customer)).balance == -1200


def test_a_change_that_can_not_be_paid_changes_nothing(shop: Shop) -> None:
    it = subscribed(shop)
    press(shop, it.id, "card", outcome="bad")
    with pytest.raises(stripe.CardError):
        change(
            shop, it, price(shop, 3600),
            proration_behavior="always_invoice", payment_behavior="error_if_incomplete",
        )  # fmt: skip
    kept = shop.sdk.v1.subscriptions.retrieve(it.id)
    assert (kept.status, kept["items"].data[0].price.unit_amount) == ("active", 1200)


def test_a_renewal_that_is_declined_is_owed_until_it_is_paid(shop: Shop) -> None:
    it = subscribed(shop)
    press(shop, it.id, "card", card=BAD_LATER)
    ended = it["items"].data[0].current_period_end
    assert press(shop, it.id, "end-period")["status"] == "past_due"
    now = shop.sdk.v1.subscriptions.retrieve(it.id)
    assert now["items"].data[0].current_period_start == ended
    [owed] = shop.sdk.v1.invoices.list({"customer": str(it.customer), "status": "open"}).data
    assert (owed.amount_remaining, owed.attempt_count) == (1200, 1)
    with pytest.raises(stripe.CardError):
        shop.sdk.v1.invoices.pay(owed.id)
    assert "€12.00" in httpx.get(str(owed.hosted_invoice_url)).text
    assert httpx.get(str(owed.invoice_pdf)).content.startswith(b"%PDF-1.4")
    refused = httpx.post(str(owed.hosted_invoice_url), data=CARD | {"card": BAD_LATER})
    assert refused.status_code == 402
    assert httpx.post(str(owed.hosted_invoice_url), data=CARD).status_code == 303
    assert shop.sdk.v1.subscriptions.retrieve(it.id).status == "active"
    shop.endpoint.wait(lambda seen: seen.types.count("invoice.payment_failed") == 3)


def test_given_up_is_unpaid(shop: Shop) -> None:
    it = subscribed(shop)
    press(shop, it.id, "card", outcome="bad")
    press(shop, it.id, "end-period")
    assert press(shop, it.id, "give-up")["status"] == "unpaid"
    press(shop, it.id, "card", outcome="good")
    assert press(shop, it.id, "retry")["status"] == "active"


def test_cancelled_at_the_end_or_gone_on_after_all(shop: Shop) -> None:
    it = subscribed(shop)
    ends = shop.sdk.v1.subscriptions.update(it.id, {"cancel_at_period_end": True})
    assert ends.cancel_at == it["items"].data[0].current_period_end
    assert (
        shop.sdk.v1.subscriptions.update(it.id, {"cancel_at_period_end": False}).cancel_at is None
    )
    shop.sdk.v1.subscriptions.update(it.id, {"cancel_at_period_end": True})
    assert press(shop, it.id, "end-period")["status"] == "canceled"
    shop.endpoint.wait(lambda seen: "customer.subscription.deleted" in seen.types)
    with pytest.raises(stripe.InvalidRequestError):
        shop.sdk.v1.subscriptions.cancel(it.id)
    assert shop.sdk.v1.subscriptions.list({"customer": str(it.customer)}).data == []


def test_cancelled_at_once_owes_nothing_more(shop: Shop) -> None:
    it = subscribed(shop)
    press(shop, it.id, "card", outcome="bad")
    press(shop, it.id, "end-period")
    assert shop.sdk.v1.subscriptions.cancel(it.id).status == "canceled"
    listed = shop.sdk.v1.invoices.list({"customer": str(it.customer)}).data
    assert [one.status for one in listed] == ["void", "paid"]
    other = subscribed(shop)
    shop.sdk.v1.subscriptions.cancel(other.id, {"prorate": True})
    balance = shop.sdk.v1.customers.retrieve(str(other.customer)).balance
    assert balance is not None and -1200 <= balance < -1150


def test_the_portal_changes_the_card_cancels_and_resumes(shop: Shop) -> None:
    it = subscribed(shop)
    back = "https://shop.example/billing"
    session = shop.sdk.v1.billing_portal.sessions.create(
        {"customer": str(it.customer), "return_url": back}
    )
    shown = httpx.get(session.url).text
    for words in ("Plan of 1200", "4242", back, "Cancel at the end of the period", "-0001"):
        assert words in shown
    assert "<script" not in shown
    url = f"{session.url}/subscriptions/{it.id}"
    assert httpx.post(url, data={"ends": "true"}).status_code == 303
    assert shop.sdk.v1.subscriptions.retrieve(it.id).cancel_at_period_end
    assert "Go on after all" in httpx.get(session.url).text
    httpx.post(url, data={"ends": "false"})
    assert not shop.sdk.v1.subscriptions.retrieve(it.id).cancel_at_period_end
    assert httpx.post(f"{session.url}/card", data={"card": "1"}).status_code == 422
    httpx.post(f"{session.url}/card", data=CARD | {"card": "4000 0000 0000 0341"})
    assert "0341" in httpx.get(session.url).text
    others = subscribed(shop)
    theirs = f"{session.url}/subscriptions/{others.id}"
    assert httpx.post(theirs, data={"ends": "true"}).status_code == 404


def test_the_dashboard_shows_subscriptions(shop: Shop) -> None:
    it = subscribed(shop)
    press(shop, it.id, "announce")
    shown = shop.http.get("/", params={"account": shop.key.removeprefix("sk_test_")}).text
    assert it.id in shown and "End the period" in shown and "invoice.upcoming" in shown


@pytest.mark.parametrize(
    ("start", "interval", "end"),
    [
        ("2026-01-31", "month", "2026-02-28"),
        ("2028-01-31", "month", "2028-02-29"),
        ("2026-02-28", "month", "2026-03-31"),
        ("2026-12-15", "month", "2027-01-15"),
        ("2028-02-29", "year", "2029-02-28"),
        ("2026-03-01", "week", "2026-03-08"),
    ],
)
def test_periods_end_on_the_same_day_as_far_as_there_is_one(
    start: str, interval: str, end: str
) -> None:
    from datetime import UTC, datetime

    def at(day: str) -> int:
        return int(datetime.fromisoformat(day).replace(tzinfo=UTC).timestamp())

    anchor = at("2026-01-31") if start == "2026-02-28" else at(start)
    known = {"recurring": {"interval": interval, "interval_count": 1}}
    assert period_end(at(start), known, anchor) == at(end)
