"""Checkout Sessions: created, expired, and their line items."""

from typing import Any

from app.core.currencies import amount_step, minimum_charge
from app.sandbox.stripe import shapes
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.parameters import required, validate
from app.sandbox.stripe.store import Document, new_id

MINUTE = 60
SHORTEST, LONGEST = 30 * MINUTE, 24 * 60 * MINUTE
MOST_LINES = 100
LOCALES = (
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hr hu id it ja ko lt lv ms mt nb nl pl "
    "pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW"
)
PRODUCT = {"name": "text", "description": "text", "images": ["url"], "metadata": "map"}
LINE: dict[str, Any] = {
    "quantity": "integer",
    "metadata": "map",
    "price_data": {
        "currency": "text",
        "unit_amount": "integer",
        "product_data": PRODUCT | {"tax_code": "text", "unit_label": "text"},
        "tax_behavior": frozenset({"exclusive", "inclusive", "unspecified"}),
    },
}
CREATE: dict[str, Any] = {
    "mode": frozenset({"payment", "setup", "subscription"}),
    "line_items": [LINE],
    "success_url": "url",
    "cancel_url": "url",
    "client_reference_id": "text",
    "customer_email": "email",
    "expires_at": "integer",
    "locale": frozenset(LOCALES.split()),
    "metadata": "map",
    "adaptive_pricing": {"enabled": "boolean"},
    "payment_method_types": [frozenset({"card", "sepa_debit"})],
    "payment_intent_data": {
        "metadata": "map",
        "description": "text",
        "receipt_email": "email",
        "statement_descriptor": "text",
        "statement_descriptor_suffix": "text",
    },
    "submit_type": frozenset({"auto", "book", "donate", "pay"}),
    "ui_mode": frozenset({"hosted_page"}),
}


def create(context: Context, given: dict[str, Any]) -> Document:
    """`POST /v1/checkout/sessions`, mode `payment`."""
    params = validate(given, CREATE)
    if required(params, "mode") != "payment":
        raise ApiError("The sandbox knows no sessions of mode setup.", param="mode")
    required(params, "success_url")
    lines = [_line(line, index) for index, line in enumerate(required(params, "line_items"))]
    _check_lines(lines)
    session = _session(context, params, lines)
    context.add(session)
    given_lines = params["line_items"]
    for line, given in reversed([*zip(lines, given_lines, strict=True)]):  # newest first
        context.add(line, parent=session["id"])
        if words := given["price_data"]["product_data"].get("description"):
            # Shown on the hosted page; no object of the API that we send has it.
            note = {"id": f"{line['id']}/product", "object": "product_data", "description": words}
            context.add(note)
    context.set_timer(session["id"], session["expires_at"], "expire")
    return session


def expire(context: Context, id: str) -> Document:
    """`POST /v1/checkout/sessions/{id}/expire`; only an open session can be expired."""
    session = context.find("checkout.session", id)
    if session["status"] != "open":
        raise ApiError(
            f'Only Checkout Sessions with a status in ["open"] can be expired. This Checkout Session '
            f"has a status of {session['status']}.",
        )
    session |= {"status": "expired", "url": None}
    context.store.save(session)
    context.store.drop_timer(id)
    context.record("checkout.session.expired", session)
    return session


def line_items(context: Context, id: str) -> list[Document]:
    """The session's lines, in order."""
    return list(context.store.newest(context.account.name, "item", parent=id))


def notes(context: Context, lines: list[Document]) -> dict[str, str]:
    """What stands below the names of lines, by their ids."""
    found = {line["id"]: context.store.any(context.account.name, f"{line['id']}/product") for line in lines}  # fmt: skip
    return {id: note["description"] for id, note in found.items() if note}


def _session(context: Context, params: dict[str, Any], lines: list[Document]) -> Document:
    id = new_id("cs_test", 58)
    total = sum(line["amount_total"] for line in lines)
    kept = (
        "cancel_url",
        "client_reference_id",
        "customer_email",
        "locale",
        "success_url",
        "submit_type",
    )
    session = shapes.checkout_session() | {name: params.get(name) for name in kept}
    session |= {
        "id": id,
        "amount_subtotal": total,
        "amount_total": total,
        "created": context.now,
        "currency": lines[0]["currency"],
        "expires_at": expiry(params, context.now),
        "metadata": params.get("metadata", {}),
        "payment_method_types": params.get("payment_method_types") or ["card"],
        "url": f"{context.base_url}/c/pay/{id}",
    }
    session["adaptive_pricing"] = {
        "enabled": params.get("adaptive_pricing", {}).get("enabled", False)
    }
    # Given to the PaymentIntent when the buyer first tries to pay; no API object shows it before.
    context.add(
        {"id": f"{id}/intent", "object": "intent_data", **params.get("payment_intent_data", {})}
    )
    return session


def expiry(params: dict[str, Any], now: int) -> int:
    """When a session closes: as asked, within Stripe's bounds."""
    at = params.get("expires_at", now + LONGEST)
    if at < now + SHORTEST:
        raise ApiError(
            "The `expires_at` timestamp must be at least 30 minutes from Checkout Session creation.",
            param="expires_at",
        )
    if at > now + LONGEST:
        raise ApiError(
            "The `expires_at` timestamp must be less than 24 hours from Checkout Session creation.",
            param="expires_at",
        )
    return at


def _line(given: dict[str, Any], index: int) -> Document:
    place = f"line_items[{index}]"
    price = required(given, "price_data", place)
    inside = f"{place}[price_data]"
    name = required(required(price, "product_data", inside), "name", f"{inside}[product_data]")
    currency = required(price, "currency", inside).lower()
    if not (len(currency) == 3 and currency.isalpha()):
        raise ApiError(f"Invalid currency: {currency}", param=f"{inside}[currency]")
    if price.get("unit_amount") is None:
        required(price, "unit_amount", inside)
    return _priced(given, currency, name, place)


def _priced(given: dict[str, Any], currency: str, name: str, place: str) -> Document:
    amount, quantity = given["price_data"]["unit_amount"], given.get("quantity", 0)
    if amount < 0:
        message = "This value must be greater than or equal to 0."
        param = f"{place}[price_data][unit_amount]"
        raise ApiError(message, code="parameter_invalid_integer", param=param)
    if amount % amount_step(currency.upper()):
        message = f"Invalid integer: {amount}. Amounts in {currency} must end in 0."
        param = f"{place}[price_data][unit_amount]"
        raise ApiError(message, code="parameter_invalid_integer", param=param)
    if quantity < 1:
        message = "This value must be greater than or equal to 1."
        raise ApiError(message, code="parameter_invalid_integer", param=f"{place}[quantity]")
    line: Document = shapes.line_item() | {"id": new_id("li"), "currency": currency}
    line |= {
        "description": name,
        "amount_subtotal": amount * quantity,
        "amount_total": amount * quantity,
    }
    line |= {"quantity": quantity, "metadata": given.get("metadata", {})}
    line["price"] |= {"id": new_id("price"), "product": new_id("prod", 14), "created": 0}
    line["price"] |= {
        "currency": currency,
        "unit_amount": amount,
        "unit_amount_decimal": str(amount),
    }
    return line


def _check_lines(lines: list[Document]) -> None:
    currencies = {line["currency"] for line in lines}
    if len(lines) > MOST_LINES:
        raise ApiError(f"A session has at most {MOST_LINES} line items.", param="line_items")
    if len(currencies) > 1:
        message = "All line items must have the same currency."
        raise ApiError(message, param="line_items")
    currency, total = currencies.pop(), sum(line["amount_total"] for line in lines)
    smallest = minimum_charge(currency.upper())
    if total < smallest:
        raise ApiError(
            f"The Checkout Session's total amount must convert to at least {smallest} minor units of {currency}.",
            code="amount_too_small",
        )
