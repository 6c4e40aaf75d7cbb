"""What happens when a buyer presses Pay: PaymentIntent, charge, and the events about them."""

import re
from dataclasses import dataclass
from typing import Any

from app.sandbox.stripe import shapes
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.store import Document, new_id

DECLINES = {
    "4000000000000002": ("card_declined", "generic_decline", "Your card was declined."),
    "4000000000009995": (
        "card_declined",
        "insufficient_funds",
        "Your card has insufficient funds.",
    ),
    "4000000000000069": ("expired_card", "", "Your card has expired."),
    "4000000000000127": ("incorrect_cvc", "", "Your card's security code is incorrect."),
}
METHODS = ("card", "debit_succeeds", "debit_fails")


@dataclass(frozen=True)
class Payment:
    """What a buyer entered; `method` is a card, or a bank debit that settles later, well or badly."""

    email: str
    name: str = ""
    card: str = "4242424242424242"
    month: int = 12
    year: int = 2034
    method: str = "card"

    @property
    def number(self) -> str:
        return re.sub(r"\D", "", self.card)


def pay(context: Context, session_id: str, payment: Payment) -> Document:
    """Try to pay an open session; returns it complete. Raises ApiError (402) when the card is declined."""
    session = context.find("checkout.session", session_id)
    if session["status"] != "open":
        raise ApiError(f"This Checkout Session is {session['status']}.")
    intent = _intent(context, session, payment)
    if payment.method == "card" and payment.number in DECLINES:
        raise _decline(context, session, intent, payment)
    address = dict.fromkeys(shapes.ADDRESS)
    names = {"phone": None, "business_name": None, "individual_name": None, "tax_ids": []}
    person = {"email": payment.email, "name": payment.name or None, "tax_exempt": "none"}
    session |= {
        "status": "complete",
        "url": None,
        "customer_details": {**person, **names, "address": address},
    }
    context.store.drop_timer(session["id"])
    if payment.method == "card":
        _succeed(context, session, intent, payment)
    else:
        _wait(context, session, intent, payment)
    context.record("checkout.session.completed", session)
    return session


def settle(context: Context, session_id: str, succeeds: bool) -> Document:
    """End the waiting of a delayed payment."""
    session = context.find("checkout.session", session_id)
    intent_id = session["payment_intent"]
    intent = context.find("payment_intent", intent_id) if intent_id else {"status": "none"}
    if intent["status"] != "processing":
        raise ApiError("This Checkout Session does not wait for a payment.")
    context.store.drop_timer(session_id)
    details = session["customer_details"]
    payment = Payment(details["email"], details["name"] or "", method="debit_succeeds")
    if succeeds:
        _succeed(context, session, intent, payment)
        context.record("checkout.session.async_payment_succeeded", session)
        return session
    error = {"code": "payment_intent_payment_attempt_failed", "type": "invalid_request_error"}
    error["message"] = "The bank returned the debit."
    intent |= {"status": "requires_payment_method", "last_payment_error": error}
    intent |= {"processing": None}
    context.store.save(intent)
    context.record("payment_intent.payment_failed", intent)
    context.record("checkout.session.async_payment_failed", session)
    return session


def _intent(context: Context, session: Document, payment: Payment) -> Document:
    if session["payment_intent"]:
        return context.find("payment_intent", session["payment_intent"])
    data = context.find("intent_data", f"{session['id']}/intent")
    given = {name: value for name, value in data.items() if name not in ("id", "object")}
    id = new_id("pi")
    intent = shapes.payment_intent() | {"receipt_email": payment.email} | given
    intent |= {
        "id": id,
        "amount": session["amount_total"],
        "client_secret": f"{id}_{new_id('secret')}",
        "created": context.now,
        "currency": session["currency"],
    }
    context.add(intent)
    session["payment_intent"] = id
    context.store.save(session)
    context.record("payment_intent.created", intent)
    return intent


def _charge(context: Context, intent: Document, payment: Payment) -> Document:
    charge = shapes.charge()
    charge["billing_details"] |= {"email": payment.email, "name": payment.name or None}
    id = new_id("ch")
    debit = {"type": "sepa_debit", "sepa_debit": {"country": "DE", "last4": "3000"}}
    by_card = payment.method == "card"
    charge |= {
        "id": id,
        "amount": intent["amount"],
        "created": context.now,
        "currency": intent["currency"],
        "description": intent["description"],
        "metadata": intent["metadata"],
        "payment_intent": intent["id"],
        "payment_method": new_id("pm"),
        "payment_method_details": shapes.card_details(payment.number, payment.month, payment.year)
        if by_card
        else debit,
        "receipt_email": intent["receipt_email"],
        "refunds": {
            "object": "list",
            "data": [],
            "has_more": False,
            "url": f"/v1/charges/{id}/refunds",
        },
    }
    intent |= {"latest_charge": id, "payment_method": charge["payment_method"]}
    return charge


def _succeed(context: Context, session: Document, intent: Document, payment: Payment) -> None:
    charge = _charge(context, intent, payment)
    charge |= {"amount_captured": charge["amount"], "captured": True, "paid": True}
    charge |= {"balance_transaction": new_id("txn"), "status": "succeeded"}
    intent |= {"amount_received": intent["amount"], "status": "succeeded", "processing": None}
    intent["last_payment_error"] = None
    context.add(charge)
    context.store.save(intent)
    session["payment_status"] = "paid"
    context.store.save(session)
    context.record("charge.succeeded", charge)
    context.record("payment_intent.succeeded", intent)


def _wait(context: Context, session: Document, intent: Document, payment: Payment) -> None:
    intent |= {"status": "processing", "payment_method_types": ["sepa_debit"]}
    intent["payment_method"] = new_id("pm")
    context.store.save(intent)
    context.store.save(session)
    context.record("payment_intent.processing", intent)
    if context.account.settle_after:
        action = "succeed" if payment.method == "debit_succeeds" else "fail"
        context.set_timer(session["id"], context.now + context.account.settle_after, action)


def _decline(context: Context, session: Document, intent: Document, payment: Payment) -> ApiError:
    code, reason, message = DECLINES[payment.number]
    charge = _charge(context, intent, payment)
    outcome: dict[str, Any] = {"network_status": "declined_by_network", "type": "issuer_declined"}
    outcome |= {"reason": reason or code, "seller_message": message}
    charge["outcome"] |= outcome
    charge |= {"status": "failed", "failure_code": code, "failure_message": message}
    more = {"decline_code": reason} if reason else {}
    error = ApiError(message, status=402, kind="card_error", code=code, charge=charge["id"], **more)
    intent["last_payment_error"] = error.body["error"]
    intent["payment_method"] = None
    context.add(charge)
    context.store.save(intent)
    context.record("charge.failed", charge)
    context.record("payment_intent.payment_failed", intent)
    return error
