"""The customer portal: sessions, and what a customer does there."""

from typing import Any

from app.sandbox.stripe.billing import shapes
from app.sandbox.stripe.checkouts import LOCALES
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.parameters import required, validate
from app.sandbox.stripe.store import Document, new_id

CREATE: dict[str, Any] = {
    "customer": "text",
    "return_url": "url",
    "locale": frozenset(LOCALES.split()),
}


def create(context: Context, given: dict[str, Any]) -> Document:
    """`POST /v1/billing_portal/sessions`."""
    params = validate(given, CREATE)
    context.find("customer", required(params, "customer"), "customer")
    id = new_id("bps")
    session = shapes.portal_session() | params
    session |= {"id": id, "configuration": "bpc_sandbox", "created": context.now}
    return context.add(session | {"url": f"{context.base_url}/p/session/{id}"})


def subscriptions_of(context: Context, customer_id: str) -> list[Document]:
    """The customer's subscriptions, newest first, those that ended too."""
    found = context.store.newest(context.account.name, "subscription")
    return [one for one in found if one["customer"] == customer_id]


def invoices_of(context: Context, customer_id: str) -> list[Document]:
    """The customer's invoices, newest first."""
    found = context.store.newest(context.account.name, "invoice")
    return [one for one in found if one["customer"] == customer_id]


def name_of(context: Context, subscription: Document) -> str:
    """What is subscribed to."""
    price = subscription["items"]["data"][0]["price"]
    return context.find("product", price["product"])["name"]
