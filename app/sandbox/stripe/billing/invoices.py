"""What the API says and does about invoices: what one would be, and paying one."""

from typing import Any

from app.sandbox.stripe.billing import invoicing, passing
from app.sandbox.stripe.billing.prorating import period_line
from app.sandbox.stripe.billing.subscriptions import BEHAVIORS, ITEM, item_of, planned_lines
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.parameters import required, validate
from app.sandbox.stripe.store import Document

PREVIEW: dict[str, Any] = {
    "customer": "text",
    "subscription": "text",
    "subscription_details": {
        "items": [ITEM],
        "proration_behavior": BEHAVIORS,
        "proration_date": "integer",
    },
}


def preview(context: Context, given: dict[str, Any]) -> Document:
    """`POST /v1/invoices/create_preview`: the next invoice, or what a change would be invoiced with at once."""
    params = validate(given, PREVIEW)
    subscription = context.find("subscription", required(params, "subscription"), "subscription")
    item, details = item_of(subscription), params.get("subscription_details", {})
    period = item["current_period_start"], item["current_period_end"]
    price, lines = item["price"], []
    behavior = details.get("proration_behavior", "create_prorations")
    if items := details.get("items"):
        at = details.get("proration_date", context.now)
        price, changed = planned_lines(context, subscription, items, at)
        lines = changed if behavior != "none" else []
    if behavior != "always_invoice":
        lines = [*lines, period_line(subscription, item | {"price": price}, period[1], period[1])]
    return invoicing.draft(context, subscription, lines, "upcoming", period)


def pay(context: Context, given: dict[str, Any], id: str) -> Document:
    """`POST /v1/invoices/{id}/pay`. Raises ApiError (402) when the card is declined."""
    validate(given, {})
    invoice = context.find("invoice", id)
    refusal = invoicing.would_be_refused(context, invoice["customer"])
    paid = passing.pay(context, id)
    if paid["status"] != "paid":
        raise refusal or ApiError("The invoice could not be paid.", status=402, kind="card_error")
    return paid
