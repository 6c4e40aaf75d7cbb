"""Whatever a buyer pays for on the hosted page: once, or from now on."""

from app.sandbox.stripe import paying
from app.sandbox.stripe.billing import checkouts
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.paying import Payment
from app.sandbox.stripe.store import Document


def pay(context: Context, session_id: str, payment: Payment) -> Document:
    """Try to pay an open session; returns it complete. Raises ApiError (402) when the card is declined."""
    session = context.find("checkout.session", session_id)
    if session["mode"] == "subscription":
        return checkouts.pay(context, session, payment)
    return paying.pay(context, session_id, payment)


def email_of(context: Context, session: Document) -> str:
    """The address that the seller gave, which the buyer can't change; "" when none was given."""
    if session["customer"]:
        return context.find("customer", session["customer"])["email"] or ""
    return session["customer_email"] or ""
