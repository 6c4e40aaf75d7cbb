"""Invoices: made of lines, finalized, charged to the customer's card, and paid or left open."""

from app.sandbox.stripe import shapes as payment_shapes
from app.sandbox.stripe.billing import customers, invoice_shapes
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.paying import DECLINES
from app.sandbox.stripe.store import Document, new_id

# A card that is accepted, and declined whenever it is charged.
LATER_DECLINED = "4000000000000341"
REFUSALS = {
    **DECLINES,
    LATER_DECLINED: ("card_declined", "generic_decline", "Your card was declined."),
}
DAY = 86400


def draft(
    context: Context,
    subscription: Document,
    lines: list[Document],
    reason: str,
    period: tuple[int, int],
) -> Document:
    """An invoice of `lines`, set off against the customer's balance; kept nowhere."""
    customer = context.find("customer", subscription["customer"])
    total, balance = sum(line["amount"] for line in lines), customer["balance"]
    due = max(0, total + balance)
    details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    made = invoice_shapes.invoice() | {
        "billing_reason": reason,
        "created": context.now,
        "currency": lines[0]["currency"] if lines else subscription["currency"],
        "customer": customer["id"],
        "customer_email": customer["email"],
        "customer_name": customer["name"],
        "parent": {
            "quote_details": None,
            "subscription_details": details,
            "type": "subscription_details",
        },
        "period_start": period[0],
        "period_end": period[1],
        "starting_balance": balance,
        "ending_balance": min(0, total + balance),
    }
    made |= {"subtotal": total, "subtotal_excluding_tax": total, "total": total}
    made |= {"total_excluding_tax": total, "amount_due": due, "amount_remaining": due}
    id = f"upcoming_{new_id('in')}"
    listed = [line | {"invoice": id} for line in lines]
    made["lines"] = {"object": "list", "data": listed, "has_more": False}
    made["lines"]["url"] = f"/v1/invoices/{id}/lines"
    return made | {"id": id}


def issue(context: Context, made: Document) -> Document:
    """Finalize a draft: it gets its number and its pages, and takes what it used of the customer's balance."""
    id = new_id("in")
    customer = context.find("customer", made["customer"])
    number = f"{customer['invoice_prefix']}-{customer['next_invoice_sequence']:04}"
    customer |= {"balance": made["ending_balance"], "currency": made["currency"]}
    context.store.save(customer | {"next_invoice_sequence": customer["next_invoice_sequence"] + 1})
    url = f"{context.base_url}/i/{id}"
    invoice = made | {"id": id, "number": number, "status": "open", "effective_at": context.now}
    invoice |= {"hosted_invoice_url": url, "invoice_pdf": f"{url}/pdf"}
    invoice["status_transitions"] = made["status_transitions"] | {"finalized_at": context.now}
    lines = [line | {"invoice": id} for line in made["lines"]["data"]]
    invoice["lines"] = made["lines"] | {"data": lines, "url": f"/v1/invoices/{id}/lines"}
    context.add(invoice)
    context.record("invoice.created", invoice | {"status": "draft"})
    context.record("invoice.finalized", invoice)
    return invoice


def collect(context: Context, invoice: Document) -> bool:
    """Charge what is due to the customer's card. Whether it is paid now."""
    method = customers.card_of(context, invoice["customer"])
    number = customers.number_of(context, method["id"]) if method else LATER_DECLINED
    invoice |= {"attempted": True, "attempt_count": invoice["attempt_count"] + 1}
    if invoice["amount_remaining"] and number in REFUSALS:
        _fail(context, invoice, number)
        return False
    if invoice["amount_remaining"]:
        _charge(context, invoice, number, method)
    invoice |= {"amount_paid": invoice["amount_due"], "amount_remaining": 0, "status": "paid"}
    invoice |= {"auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["paid_at"] = context.now
    context.store.save(invoice)
    context.record("invoice.paid", invoice)
    context.record("invoice.payment_succeeded", invoice)
    return True


def would_be_refused(context: Context, customer_id: str) -> ApiError | None:
    """What charging the customer's card would end with, when not well."""
    method = customers.card_of(context, customer_id)
    number = customers.number_of(context, method["id"]) if method else LATER_DECLINED
    if number not in REFUSALS:
        return None
    code, reason, message = REFUSALS[number]
    more = {"decline_code": reason} if reason else {}
    return ApiError(message, status=402, kind="card_error", code=code, **more)


def void(context: Context, invoice: Document) -> None:
    """Nobody owes it any more."""
    invoice |= {"status": "void", "auto_advance": False, "next_payment_attempt": None}
    invoice["status_transitions"]["voided_at"] = context.now
    context.store.save(invoice)
    context.record("invoice.voided", invoice)


def open_invoices(context: Context, subscription_id: str) -> list[Document]:
    """What the subscription owes, oldest first."""
    found = [
        invoice
        for invoice in context.store.newest(context.account.name, "invoice")
        if invoice["status"] == "open"
        and invoice["parent"]["subscription_details"]["subscription"] == subscription_id
    ]
    return found[::-1]


def _fail(context: Context, invoice: Document, number: str) -> None:
    invoice["next_payment_attempt"] = context.now + 3 * DAY
    context.store.save(invoice)
    _charge(context, invoice, number, None)
    context.record("invoice.payment_failed", invoice)


def _charge(context: Context, invoice: Document, number: str, method: Document | None) -> None:
    """The payment that stands behind an invoice, in the lists of payments like any other."""
    refusal = REFUSALS.get(number)
    intent, charge = payment_shapes.payment_intent(), payment_shapes.charge()
    both = {"amount": invoice["amount_remaining"], "currency": invoice["currency"]}
    both |= {"created": context.now, "customer": invoice["customer"]}
    intent |= both | {"id": new_id("pi"), "receipt_email": invoice["customer_email"]}
    charge |= both | {"id": new_id("ch"), "payment_intent": intent["id"]}
    charge["billing_details"] |= {"email": invoice["customer_email"]}
    charge |= {"payment_method": method["id"] if method else new_id("pm")}
    card = method["card"] if method else {"exp_month": 12, "exp_year": 2034}
    charge["payment_method_details"] = payment_shapes.card_details(
        number, card["exp_month"], card["exp_year"]
    )
    url = f"/v1/charges/{charge['id']}/refunds"
    charge["refunds"] = {"object": "list", "data": [], "has_more": False, "url": url}
    charge["receipt_email"] = invoice["customer_email"]
    intent |= {"client_secret": f"{intent['id']}_{new_id('secret')}"}
    intent |= {"latest_charge": charge["id"], "payment_method": charge["payment_method"]}
    if refusal:
        charge |= {"status": "failed", "failure_code": refusal[0], "failure_message": refusal[2]}
        intent["payment_method"] = None
    else:
        charge |= {"amount_captured": charge["amount"], "captured": True, "paid": True}
        charge |= {"balance_transaction": new_id("txn"), "status": "succeeded"}
        intent |= {"amount_received": intent["amount"], "status": "succeeded"}
    context.add(intent)
    context.add(charge)
    context.record("charge.failed" if refusal else "charge.succeeded", charge)
    kind = "payment_intent.payment_failed" if refusal else "payment_intent.succeeded"
    context.record(kind, intent)
