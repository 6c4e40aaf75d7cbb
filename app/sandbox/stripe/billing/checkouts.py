"""Checkout Sessions in mode `subscription`: paying one begins a subscription."""

from typing import Any

from app.sandbox.stripe import shapes
from app.sandbox.stripe.billing import customers, invoicing, subscriptions
from app.sandbox.stripe.billing.prorating import period_line
from app.sandbox.stripe.checkouts import LOCALES, expiry
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.parameters import required, validate
from app.sandbox.stripe.paying import Payment
from app.sandbox.stripe.store import Document, new_id

CREATE: dict[str, Any] = {
    "mode": frozenset({"subscription"}),
    "customer": "text",
    "line_items": [{"price": "text", "quantity": "integer"}],
    "success_url": "url",
    "cancel_url": "url",
    "client_reference_id": "text",
    "expires_at": "integer",
    "locale": frozenset(LOCALES.split()),
    "metadata": "map",
    "subscription_data": {"metadata": "map"},
}
KEPT = ("cancel_url", "client_reference_id", "customer", "locale", "success_url")


def create(context: Context, given: dict[str, Any]) -> Document:
    """`POST /v1/checkout/sessions`, mode `subscription`: one price, for a customer that is there."""
    params = validate(given, CREATE)
    required(params, "success_url")
    context.find("customer", required(params, "customer"), "customer")
    wanted = required(params, "line_items")
    if len(wanted) != 1 or wanted[0].get("quantity", 1) != 1:
        raise ApiError("The sandbox subscribes to one price, once.", param="line_items")
    name = required(wanted[0], "price", "line_items[0]")
    price = context.find("price", name, "line_items[0][price]")
    id = new_id("cs_test", 58)
    session: Document = shapes.checkout_session() | {name: params.get(name) for name in KEPT}
    session |= {
        "id": id,
        "amount_subtotal": price["unit_amount"],
        "amount_total": price["unit_amount"],
        "created": context.now,
        "currency": price["currency"],
        "expires_at": expiry(params, context.now),
        "metadata": params.get("metadata", {}),
        "mode": "subscription",
        "payment_method_collection": "always",
        "url": f"{context.base_url}/c/pay/{id}",
    }
    context.add(session)
    context.add(_line(context, price), parent=id)
    data = params.get("subscription_data", {})
    context.add({"id": f"{id}/subscription", "object": "subscription_data", **data})
    context.set_timer(id, session["expires_at"], "expire")
    return session


def _line(context: Context, price: Document) -> Document:
    amount, product = price["unit_amount"], context.find("product", price["product"])
    line: Document = shapes.line_item() | {"id": new_id("li"), "currency": price["currency"]}
    line |= {"description": product["name"], "quantity": 1, "price": price}
    return line | {"amount_subtotal": amount, "amount_total": amount}


def pay(context: Context, session: Document, payment: Payment) -> Document:
    """Try to pay an open session; returns it complete. Raises ApiError (402) when the card is declined."""
    if session["status"] != "open":
        raise ApiError(f"This Checkout Session is {session['status']}.")
    if payment.method != "card":
        raise ApiError("A subscription is paid by card here.", param="method")
    if payment.number in invoicing.REFUSALS:
        code, _reason, message = invoicing.REFUSALS[payment.number]
        raise ApiError(message, status=402, kind="card_error", code=code)
    customer = session["customer"]
    customers.keep_card(context, customer, payment.number, payment.month, payment.year)
    price = next(iter(context.store.newest(context.account.name, "item", session["id"])))["price"]
    data = context.find("subscription_data", f"{session['id']}/subscription")
    subscription = subscriptions.begin(context, customer, price, data.get("metadata", {}))
    subscription |= {"default_payment_method": _method(context, customer)}
    invoice = _first_invoice(context, subscription)
    _complete(context, session, payment)
    session |= {"subscription": subscription["id"], "invoice": invoice["id"]}
    context.store.save(session)
    context.record("checkout.session.completed", session)
    return session


def _method(context: Context, customer_id: str) -> str | None:
    card = customers.card_of(context, customer_id)
    return card["id"] if card else None


def _first_invoice(context: Context, subscription: Document) -> Document:
    item = subscriptions.item_of(subscription)
    period = item["current_period_start"], item["current_period_end"]
    lines = [period_line(subscription, item, *period)]
    made = invoicing.draft(context, subscription, lines, "subscription_create", period)
    invoice = invoicing.issue(context, made)
    invoicing.collect(context, invoice)
    subscriptions.activate(context, subscription, invoice)
    return invoice


def _complete(context: Context, session: Document, payment: Payment) -> None:
    person = {"email": payment.email, "name": payment.name or None, "tax_exempt": "none"}
    names = {"phone": None, "business_name": None, "individual_name": None, "tax_ids": []}
    address = dict.fromkeys(shapes.ADDRESS)
    session |= {"status": "complete", "payment_status": "paid", "url": None}
    session["customer_details"] = {**person, **names, "address": address}
    context.store.drop_timer(session["id"])
