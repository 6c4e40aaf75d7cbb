"""Customers and the cards that they pay with."""

from typing import Any

from app.sandbox.stripe.billing import shapes
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.parameters import validate
from app.sandbox.stripe.store import Document, new_id

FIELDS: dict[str, Any] = {
    "email": "email",
    "name": "text",
    "description": "text",
    "phone": "text",
    "metadata": "map",
    "preferred_locales": ["text"],
    "invoice_settings": {"default_payment_method": "text"},
}


def create(context: Context, given: dict[str, Any]) -> Document:
    """`POST /v1/customers`."""
    params = validate(given, FIELDS)
    settings = params.pop("invoice_settings", {})
    customer = shapes.customer() | params
    customer |= {"id": new_id("cus", 14), "created": context.now}
    customer["invoice_prefix"] = customer["id"][-8:].upper()
    customer["invoice_settings"] |= settings
    context.add(customer)
    context.record("customer.created", customer)
    return customer


def update(context: Context, given: dict[str, Any], id: str) -> Document:
    """`POST /v1/customers/{id}`."""
    customer, params = context.find("customer", id), validate(given, FIELDS)
    customer["invoice_settings"] |= params.pop("invoice_settings", {})
    customer["metadata"] |= params.pop("metadata", {})
    context.store.save(customer | params)
    context.record("customer.updated", customer | params)
    return customer | params


def keep_card(context: Context, customer_id: str, card: str, month: int, year: int) -> Document:
    """Make a card the customer's way to pay. Its number is kept apart: no object of Stripe's shows it."""
    number = "".join(filter(str.isdigit, card))
    method = shapes.payment_method(number, month, year) | {"id": new_id("pm")}
    method |= {"customer": customer_id, "created": context.now}
    context.add(method)
    context.add({"id": f"{method['id']}/number", "object": "card_number", "number": number})
    context.record("payment_method.attached", method)
    customer = context.find("customer", customer_id)
    customer["invoice_settings"]["default_payment_method"] = method["id"]
    context.store.save(customer)
    context.record("customer.updated", customer)
    for subscription in context.store.newest(context.account.name, "subscription"):
        if subscription["customer"] == customer_id and subscription["ended_at"] is None:
            context.store.save(subscription | {"default_payment_method": method["id"]})
    return method


def card_of(context: Context, customer_id: str) -> Document | None:
    """The customer's present way to pay."""
    settings = context.find("customer", customer_id)["invoice_settings"]
    method = settings["default_payment_method"]
    return context.find("payment_method", method) if method else None


def number_of(context: Context, method_id: str) -> str:
    return context.find("card_number", f"{method_id}/number")["number"]
