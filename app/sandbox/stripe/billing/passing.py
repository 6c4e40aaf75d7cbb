"""What time brings a subscription, when its moment comes or somebody does not want to wait for it."""

from copy import deepcopy
from dataclasses import replace

from app.sandbox.stripe.billing import invoicing, subscriptions
from app.sandbox.stripe.billing.subscriptions import item_of
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.store import Document


def end_period(context: Context, id: str) -> Document:
    """Let the present period end: the subscription ends with it, or renews and is charged. One that owes is charged again.

    All of it happens at the period's end, as on Stripe's test clocks, whatever time it is.
    """
    subscription = context.find("subscription", id)
    if subscription["ended_at"]:
        raise ApiError("This subscription has ended.")
    if subscription["status"] == "past_due":
        return retry(context, id)
    at = replace(context, now=item_of(subscription)["current_period_end"])
    if subscription["cancel_at_period_end"]:
        return subscriptions.end(at, subscription)
    before = {"items": deepcopy(subscription["items"])}
    lines = subscriptions.new_period(at, subscription)
    item = item_of(subscription)
    period = item["current_period_start"], item["current_period_end"]
    invoice = invoicing.issue(
        at, invoicing.draft(at, subscription, lines, "subscription_cycle", period)
    )
    subscription["latest_invoice"] = invoice["id"]
    at.store.save(subscription)
    paid = invoicing.collect(at, invoice)
    if not paid:
        subscription["status"] = "past_due"
        at.store.save(subscription)
    at.record("customer.subscription.updated", subscription, before)
    return subscription


def announce_renewal(context: Context, id: str) -> Document:
    """Say, as Stripe does some days before, what the next invoice will be."""
    subscription = context.find("subscription", id)
    item = item_of(subscription)
    period = item["current_period_start"], item["current_period_end"]
    lines = [subscriptions.period_line(subscription, item, period[1], period[1])]
    upcoming = invoicing.draft(context, subscription, lines, "upcoming", period)
    context.record("invoice.upcoming", upcoming)
    return subscription


def retry(context: Context, id: str) -> Document:
    """Charge what the subscription owes once more."""
    for invoice in invoicing.open_invoices(context, id):
        pay(context, invoice["id"])
    return context.find("subscription", id)


def pay(context: Context, invoice_id: str) -> Document:
    """Charge an open invoice; the subscription runs again when nothing is owed any more. Raises ApiError (402)."""
    invoice = context.find("invoice", invoice_id)
    if invoice["status"] != "open":
        raise ApiError(
            "Invoice is already paid." if invoice["status"] == "paid" else "Invoice is void."
        )
    subscription_id = invoice["parent"]["subscription_details"]["subscription"]
    paid = invoicing.collect(context, invoice)
    subscription = context.find("subscription", subscription_id)
    if paid and not invoicing.open_invoices(context, subscription_id):
        subscriptions.set_status(context, subscription, "active")
    return invoice


def give_up(context: Context, id: str) -> Document:
    """After the last failed try, as the account's settings may say: the subscription stays, unpaid."""
    subscription = context.find("subscription", id)
    if subscription["status"] != "past_due":
        raise ApiError("This subscription owes nothing.")
    subscriptions.set_status(context, subscription, "unpaid")
    return context.find("subscription", id)
