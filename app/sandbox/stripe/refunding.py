"""Refunds and disputes of a payment that succeeded."""

from typing import Any

from app.sandbox.stripe import shapes_after
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.parameters import validate
from app.sandbox.stripe.store import Document, new_id

WEEK = 7 * 24 * 3600
CREATE: dict[str, Any] = {
    "payment_intent": "text",
    "charge": "text",
    "amount": "integer",
    "metadata": "map",
    "reason": frozenset({"duplicate", "fraudulent", "requested_by_customer"}),
}


def create(context: Context, given: dict[str, Any]) -> Document:
    """`POST /v1/refunds`: all that is left, or `amount` of it."""
    params = validate(given, CREATE)
    charge = _refundable(context, params)
    left = charge["amount"] - charge["amount_refunded"]
    amount = params.get("amount", left)
    if left == 0:
        message = f"Charge {charge['id']} has already been refunded."
        raise ApiError(message, code="charge_already_refunded")
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise ApiError(message, code="parameter_invalid_integer", param="amount")
    if amount > left:
        message = f"Refund amount ({amount}) is greater than unrefunded amount on charge ({left})"
        raise ApiError(message, param="amount")
    refund = shapes_after.refund() | {
        "id": new_id("re"),
        "amount": amount,
        "balance_transaction": new_id("txn"),
        "charge": charge["id"],
        "created": context.now,
        "currency": charge["currency"],
        "metadata": params.get("metadata", {}),
        "payment_intent": charge["payment_intent"],
        "reason": params.get("reason"),
    }
    context.add(refund, parent=charge["payment_intent"])
    _count(context, charge, refund)
    return refund


def fail(context: Context, refund_id: str) -> Document:
    """The buyer's bank sends a refund back that had succeeded."""
    refund = context.find("refund", refund_id)
    if refund["status"] != "succeeded":
        raise ApiError(f"This refund is {refund['status']}.")
    before = {"status": refund["status"]}
    refund |= {"status": "failed", "failure_reason": "expired_or_canceled_card"}
    refund["failure_balance_transaction"] = new_id("txn")
    context.store.save(refund)
    charge = context.find("charge", refund["charge"])
    charge["amount_refunded"] -= refund["amount"]
    charge["refunded"] = False
    listed = charge["refunds"]["data"]
    charge["refunds"]["data"] = [refund if one["id"] == refund_id else one for one in listed]
    context.store.save(charge)
    context.record("refund.updated", refund, before)
    context.record("charge.refund.updated", refund, before)
    context.record("refund.failed", refund)
    return refund


def dispute(context: Context, charge_id: str) -> Document:
    """The buyer's bank takes the money back for now."""
    charge = context.find("charge", charge_id)
    if charge["status"] != "succeeded" or charge["disputed"]:
        raise ApiError("Only a successful charge can be disputed, and only once.")
    charge["disputed"] = True
    context.store.save(charge)
    found: Document = shapes_after.dispute() | {
        "id": new_id("dp"),
        "amount": charge["amount"] - charge["amount_refunded"],
        "charge": charge["id"],
        "created": context.now,
        "currency": charge["currency"],
        "payment_intent": charge["payment_intent"],
    }
    found["evidence_details"]["due_by"] = context.now + WEEK
    context.add(found, parent=charge["payment_intent"])
    context.record("charge.dispute.created", found)
    context.record("charge.dispute.funds_withdrawn", found)
    return found


def close_dispute(context: Context, dispute_id: str, won: bool) -> Document:
    """The bank decides."""
    found = context.find("dispute", dispute_id)
    if found["status"] in ("won", "lost"):
        raise ApiError("This dispute is already closed.")
    found["status"] = "won" if won else "lost"
    context.store.save(found)
    if won:
        context.record("charge.dispute.funds_reinstated", found)
    context.record("charge.dispute.closed", found)
    return found


def _refundable(context: Context, params: dict[str, Any]) -> Document:
    if intent_id := params.get("payment_intent"):
        intent = context.find("payment_intent", intent_id, "payment_intent")
        if intent["status"] != "succeeded":
            message = (
                f"This PaymentIntent ({intent_id}) does not have a successful charge to refund."
            )
            raise ApiError(message, param="payment_intent")
        charge_id = intent["latest_charge"]
    elif not (charge_id := params.get("charge")):
        message = "One of the following params should be provided for this request: payment_intent or charge."
        raise ApiError(message)
    charge = context.find("charge", charge_id, "charge")
    if charge["status"] != "succeeded":
        raise ApiError("This charge did not succeed.", param="charge")
    if charge["disputed"]:
        message = f"Charge {charge_id} has been charged back; cannot issue a refund."
        raise ApiError(message, code="charge_disputed")
    return charge


def _count(context: Context, charge: Document, refund: Document) -> None:
    before = {"amount_refunded": charge["amount_refunded"], "refunded": charge["refunded"]}
    charge["amount_refunded"] += refund["amount"]
    charge["refunded"] = charge["amount_refunded"] == charge["amount"]
    charge["refunds"]["data"].insert(0, refund)
    context.store.save(charge)
    context.record("refund.created", refund)
    context.record("charge.refunded", charge, before)
