"""Subscriptions: begun by a checkout, changed, cancelled now or at the end of their period, and renewed by time."""

from copy import deepcopy
from typing import Any

from app.sandbox.stripe.billing import invoicing, shapes
from app.sandbox.stripe.billing.prorating import change_lines, period_end, period_line
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.parameters import required, validate
from app.sandbox.stripe.store import Document, new_id

BEHAVIORS = frozenset({"always_invoice", "create_prorations", "none"})
ITEM: dict[str, Any] = {"id": "text", "price": "text", "quantity": "integer"}
UPDATE: dict[str, Any] = {
    "items": [ITEM],
    "proration_behavior": BEHAVIORS,
    "proration_date": "integer",
    "payment_behavior": frozenset({"allow_incomplete", "error_if_incomplete"}),
    "cancel_at_period_end": "boolean",
    "metadata": "map",
}
CHANGING = ("cancel_at_period_end", "cancel_at", "items")
CANCEL: dict[str, Any] = {"prorate": "boolean", "invoice_now": "boolean"}


def begin(
    context: Context, customer_id: str, price: Document, metadata: dict[str, str]
) -> Document:
    """A subscription whose first period starts now, unpaid yet."""
    id, item_id = new_id("sub"), new_id("si", 14)
    item = shapes.item(item_id, price, id, context.now)
    item["current_period_start"] = context.now
    item["current_period_end"] = period_end(context.now, price, context.now)
    subscription = shapes.subscription() | {
        "id": id,
        "billing_cycle_anchor": context.now,
        "created": context.now,
        "currency": price["currency"],
        "customer": customer_id,
        "metadata": metadata,
        "start_date": context.now,
        "status": "incomplete",
    }
    url = f"/v1/subscription_items?subscription={id}"
    subscription["items"] = {"object": "list", "data": [item], "has_more": False, "url": url}
    return context.add(subscription)


def activate(context: Context, subscription: Document, invoice: Document) -> None:
    """The first invoice is paid: it runs, and renews by itself."""
    subscription |= {"status": "active", "latest_invoice": invoice["id"]}
    context.store.save(subscription)
    context.set_timer(subscription["id"], item_of(subscription)["current_period_end"], "renew")
    context.record("customer.subscription.created", subscription)


def item_of(subscription: Document) -> Document:
    return subscription["items"]["data"][0]


def update(context: Context, given: dict[str, Any], id: str) -> Document:
    """`POST /v1/subscriptions/{id}`: another price, cancelling at the period's end, or going on after all."""
    params = validate(given, UPDATE)
    subscription = _living(context, id)
    before = deepcopy({name: subscription[name] for name in CHANGING})
    if items := params.get("items"):
        _change_price(context, subscription, items, params)
    if (ends := params.get("cancel_at_period_end")) is not None:
        end = item_of(subscription)["current_period_end"]
        subscription |= {"cancel_at_period_end": ends, "cancel_at": end if ends else None}
        subscription["canceled_at"] = context.now if ends else None
        reason = "cancellation_requested" if ends else None
        subscription["cancellation_details"] |= {"reason": reason}
    subscription["metadata"] = subscription["metadata"] | params.get("metadata", {})
    context.store.save(subscription)
    context.record("customer.subscription.updated", subscription, before)
    return subscription


def cancel(context: Context, given: dict[str, Any], id: str) -> Document:
    """`DELETE /v1/subscriptions/{id}`: at once. What is still owed is owed no more; with `prorate`, the rest is credited."""
    params = validate(given, CANCEL)
    subscription = _living(context, id)
    item = item_of(subscription)
    if params.get("prorate") and subscription["status"] == "active":
        free = item["price"] | {"unit_amount": 0, "unit_amount_decimal": "0"}
        lines = change_lines(subscription, item, free, context.now)[:1]
        _bill(context, subscription, lines, "subscription_update")
    return end(context, subscription)


def end(context: Context, subscription: Document) -> Document:
    """Over for good."""
    for invoice in invoicing.open_invoices(context, subscription["id"]):
        invoicing.void(context, invoice)
    subscription |= {"status": "canceled", "ended_at": context.now}
    subscription["canceled_at"] = subscription["canceled_at"] or context.now
    context.store.save(subscription)
    context.store.drop_timer(subscription["id"])
    context.record("customer.subscription.deleted", subscription)
    return subscription


def set_status(context: Context, subscription: Document, status: str) -> None:
    """Note that what is owed was paid, or was not."""
    if subscription["status"] == status or subscription["ended_at"]:
        return
    before = {"status": subscription["status"]}
    context.store.save(subscription | {"status": status})
    context.record("customer.subscription.updated", subscription | {"status": status}, before)


def planned_lines(
    context: Context, subscription: Document, items: list[dict[str, Any]], at: int
) -> tuple[Document, list[Document]]:
    """The new price of a change, and the lines that it puts on an invoice."""
    item = item_of(subscription)
    wanted = items[0]
    if len(items) != 1 or required(wanted, "id", "items[0]") != item["id"]:
        raise ApiError(f"The subscription has one item, {item['id']}.", param="items")
    price = context.find("price", required(wanted, "price", "items[0]"), "items[0][price]")
    if price["currency"] != subscription["currency"]:
        raise ApiError("The price has another currency than the subscription.", param="items")
    return price, change_lines(subscription, item, price, at)


def _change_price(
    context: Context, subscription: Document, items: list[dict[str, Any]], params: dict[str, Any]
) -> None:
    at = params.get("proration_date", context.now)
    price, lines = planned_lines(context, subscription, items, at)
    if params.get("proration_behavior", "create_prorations") != "none":
        due = sum(line["amount"] for line in lines)
        refusal = invoicing.would_be_refused(context, subscription["customer"]) if due > 0 else None
        if refusal and params.get("payment_behavior") == "error_if_incomplete":
            raise refusal
        _bill(context, subscription, lines, "subscription_update")
    item_of(subscription).update(price=price, plan=shapes.plan_of(price))


def _bill(context: Context, subscription: Document, lines: list[Document], reason: str) -> None:
    """Invoice at once; what the customer gets back stays as a balance for the next invoices."""
    item = item_of(subscription)
    period = item["current_period_start"], item["current_period_end"]
    invoice = invoicing.issue(
        context, invoicing.draft(context, subscription, lines, reason, period)
    )
    subscription["latest_invoice"] = invoice["id"]
    if not invoicing.collect(context, invoice):
        subscription["status"] = "past_due"


def _living(context: Context, id: str) -> Document:
    subscription = context.find("subscription", id)
    if subscription["ended_at"]:
        message = f"No such subscription: '{id}'. It has been canceled."
        raise ApiError(message, status=404, code="resource_missing", param="id")
    return subscription


def new_period(context: Context, subscription: Document) -> list[Document]:
    """Let the next period begin where the present one ends; returns its lines."""
    item = item_of(subscription)
    start = item["current_period_end"]
    end = period_end(start, item["price"], subscription["billing_cycle_anchor"])
    item.update(current_period_start=start, current_period_end=end)
    context.store.save(subscription)
    context.set_timer(subscription["id"], end, "renew")
    return [period_line(subscription, item, start, end)]
