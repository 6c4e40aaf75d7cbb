"""What the sandbox sends has the keys and JSON types of Stripe's own example objects."""

import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
import stripe

from app.sandbox.stripe.starting import StripeSandbox, start_stripe

ROOT = Path(__file__).resolve().parents[2]
FIXTURES = ROOT.parent / "shared" / "contracts" / "stripe.fixtures.json"
pytestmark = pytest.mark.skipif(
    not FIXTURES.exists(), reason="Stripe's example objects are not here"
)

# Keys of these hold what callers put there, or depend on the method of payment.
NULLABLE = re.compile(r"Optional\[|NoneType")
FREE = {"metadata", "payment_method_options", "previous_attributes", "object", "fraud_details"}
SDK: dict[str, tuple[type, ...]] = {
    "checkout.session": (stripe.checkout.Session,),
    "payment_intent": (stripe.PaymentIntent,),
    "charge": (stripe.Charge,),
    "refund": (stripe.Refund,),
    "dispute": (stripe.Dispute,),
    "event": (stripe.Event,),
    "item": (stripe.LineItem, stripe.Price),
    "product": (stripe.Product,),
    "price": (stripe.Price,),
    "customer": (stripe.Customer,),
    "payment_method": (stripe.PaymentMethod,),
    "subscription": (stripe.Subscription,),
    "subscription_item": (stripe.SubscriptionItem, stripe.Price, stripe.Plan),
    "invoice": (stripe.Invoice,),
    "line_item": (stripe.InvoiceLineItem,),
    "billing_portal.session": (stripe.billing_portal.Session,),
}


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    return json.loads(FIXTURES.read_text())["resources"]


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[StripeSandbox]:
    sandbox = start_stripe(tmp_path_factory.mktemp("stripe"))
    yield sandbox
    sandbox.stop()


@pytest.fixture(scope="module")
def sent(sandbox: StripeSandbox) -> dict[str, list[dict[str, Any]]]:
    """Every object that a whole story leaves behind, by kind."""
    http = httpx.Client(
        base_url=sandbox.base_url, headers={"Authorization": f"Bearer {sandbox.api_key}"}
    )
    form = {
        "mode": "payment",
        "success_url": "https://example.com/done",
        "line_items[0][quantity]": "1",
        "line_items[0][price_data][currency]": "eur",
        "line_items[0][price_data][unit_amount]": "1999",
        "line_items[0][price_data][product_data][name]": "Recording",
    }
    for story in (["4242424242424242"], ["4000000000000002", "4242424242424242"], []):
        session = http.post("/v1/checkout/sessions", data=form).json()
        for card in story:
            http.post(f"/sandbox/sessions/{session['id']}/pay", json={"card": card})
        found = http.get(f"/v1/checkout/sessions/{session['id']}").json()
        if len(story) == 1:
            http.post(
                "/v1/refunds", data={"payment_intent": found["payment_intent"], "amount": "5"}
            )
        elif story:
            charge = http.get("/v1/charges").json()["data"][0]["id"]
            http.post(f"/sandbox/charges/{charge}/dispute")
        else:
            http.post(f"/v1/checkout/sessions/{session['id']}/expire")
    portal = subscription_story(http)
    lists = ["checkout/sessions", "payment_intents", "charges", "refunds", "disputes", "events"]
    lists += ["products", "prices", "customers", "invoices", "subscriptions?status=all&"]
    objects = [one for name in lists for one in http.get(url(name)).json()["data"]]
    objects += [one["data"]["object"] for one in objects if one["object"] == "event"]
    objects += http.get(f"/v1/checkout/sessions/{objects[0]['id']}/line_items").json()["data"]
    objects += [portal, *(line for one in objects for line in parts(one))]
    return {kind: [one for one in objects if one["object"] == kind] for kind in SDK}


def url(name: str) -> str:
    return f"/v1/{name}{'' if name.endswith('&') else '?'}limit=50"


def parts(document: dict[str, Any]) -> list[dict[str, Any]]:
    """What is listed in an invoice or a subscription."""
    inside = {"invoice": "lines", "subscription": "items"}.get(document["object"])
    return document[inside]["data"] if inside else []


def subscription_story(http: httpx.Client) -> dict[str, Any]:
    """A subscription is paid for, changed, not paid for, and cancelled; returns a session of the portal."""
    plans: list[str] = []
    for amount in ("1200", "3900"):
        form = {"currency": "eur", "unit_amount": amount, "recurring[interval]": "month"}
        form |= {"product_data[name]": "Plan", "lookup_key": f"plan-{amount}"}
        plans.append(http.post("/v1/prices", data=form).json()["id"])
    customer = http.post("/v1/customers", data={"email": "ada@example.com"}).json()["id"]
    form = {"mode": "subscription", "customer": customer, "success_url": "https://example.com/done"}
    form |= {"line_items[0][price]": plans[0]}
    session = http.post("/v1/checkout/sessions", data=form).json()["id"]
    id = http.post(f"/sandbox/sessions/{session}/pay", json={}).json()["subscription"]
    item = http.get(f"/v1/subscriptions/{id}").json()["items"]["data"][0]["id"]
    form = {"items[0][id]": item, "items[0][price]": plans[1]}
    http.post(f"/v1/subscriptions/{id}", data=form | {"proration_behavior": "always_invoice"})
    http.post(f"/sandbox/subscriptions/{id}/announce")
    http.post(f"/sandbox/subscriptions/{id}/card", json={"outcome": "bad"})
    http.post(f"/sandbox/subscriptions/{id}/end-period")
    http.delete(f"/v1/subscriptions/{id}")
    return http.post("/v1/billing_portal/sessions", data={"customer": customer}).json()


@pytest.mark.parametrize("kind", SDK)
def test_has_the_shape_of_stripes_example(
    kind: str, examples: dict[str, Any], sent: dict[str, list[dict[str, Any]]]
) -> None:
    assert sent[kind], f"the story sent no {kind}"
    optional = set[str]().union(*(optional_keys(resource) for resource in SDK[kind]))
    for document in sent[kind]:
        assert differences(document, examples[kind], optional, kind) == []


def optional_keys(resource: type) -> set[str]:
    """Keys that may be null or absent, by the SDK's own types, of the resource and all it contains."""
    found = {
        name for name, known in resource.__annotations__.items() if NULLABLE.search(str(known))
    }
    place = resource.__qualname__ + "."
    inner = [one for one in vars(resource).values() if isinstance(one, type)]
    return found.union(*(optional_keys(one) for one in inner if one.__qualname__.startswith(place)))


def differences(ours: Any, theirs: Any, optional: set[str], path: str) -> list[str]:
    """What differs in keys or JSON types; a key in `optional` may be null, or only with us."""
    missing = [f"{path}.{key} is missing" for key in theirs.keys() - ours.keys()]
    unknown = [f"{path}.{key} is unknown" for key in ours.keys() - theirs.keys() - optional]
    shared = [key for key in theirs.keys() & ours.keys() if key not in FREE]
    below = [
        difference
        for key in shared
        for difference in pair(ours[key], theirs[key], key, optional, f"{path}.{key}")
    ]
    return missing + unknown + below


def pair(ours: Any, theirs: Any, key: str, optional: set[str], path: str) -> list[str]:
    if theirs is None or (ours is None and key in optional):
        return []
    if type(ours) is not type(theirs):
        return [f"{path} is {type(ours).__name__}, not {type(theirs).__name__}"]
    return differences(ours, theirs, optional, path) if isinstance(ours, dict) else []


def test_the_comparison_notices_a_missing_key_and_a_wrong_type(examples: dict[str, Any]) -> None:
    changed = dict(examples["refund"]) | {"amount": "100", "more": 1}
    changed.pop("charge")
    assert sorted(differences(changed, examples["refund"], set(), "refund")) == [
        "refund.amount is str, not int",
        "refund.charge is missing",
        "refund.more is unknown",
    ]
