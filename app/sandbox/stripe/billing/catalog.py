"""Products and the prices at which they are subscribed to."""

from typing import Any

from app.sandbox.stripe.billing import shapes
from app.sandbox.stripe.context import Context
from app.sandbox.stripe.errors import ApiError
from app.sandbox.stripe.parameters import required, validate
from app.sandbox.stripe.store import Document, new_id

PRODUCT: dict[str, Any] = {
    "name": "text",
    "description": "text",
    "active": "boolean",
    "metadata": "map",
    "url": "url",
}
RECURRING: dict[str, Any] = {
    "interval": frozenset({"day", "week", "month", "year"}),
    "interval_count": "integer",
}
PRICE: dict[str, Any] = {
    "currency": "text",
    "unit_amount": "integer",
    "product": "text",
    "product_data": {"name": "text", "active": "boolean", "metadata": "map"},
    "recurring": RECURRING,
    "lookup_key": "text",
    "transfer_lookup_key": "boolean",
    "nickname": "text",
    "active": "boolean",
    "metadata": "map",
}


def create_product(context: Context, given: dict[str, Any]) -> Document:
    """`POST /v1/products`."""
    return _product(context, validate(given, PRODUCT))


def _product(context: Context, params: dict[str, Any]) -> Document:
    required(params, "name")
    product = shapes.product() | params
    product |= {"id": new_id("prod", 14), "created": context.now, "updated": context.now}
    context.add(product)
    context.record("product.created", product)
    return product


def create_price(context: Context, given: dict[str, Any]) -> Document:
    """`POST /v1/prices`; only prices that recur, of a product that is there or comes along."""
    params = validate(given, PRICE)
    recurring = {"interval_count": 1, **required(params, "recurring")}
    required(recurring, "interval", "recurring")
    params["recurring"] = recurring | {
        "meter": None,
        "usage_type": "licensed",
        "trial_period_days": None,
    }
    params["currency"] = required(params, "currency").lower()
    amount = params.get("unit_amount")
    if amount is None or amount < 0:
        message = "This value must be greater than or equal to 0."
        raise ApiError(message, code="parameter_invalid_integer", param="unit_amount")
    _take_key(context, params.get("lookup_key"), params.pop("transfer_lookup_key", False))
    if data := params.pop("product_data", None):
        params["product"] = _product(context, data)["id"]
    context.find("product", required(params, "product"), "product")
    price = shapes.price() | params
    price |= {"id": new_id("price"), "created": context.now, "unit_amount_decimal": str(amount)}
    context.add(price)
    context.record("price.created", price)
    return price


def _take_key(context: Context, key: str | None, transfer: bool) -> None:
    """A lookup key is one price's; another takes it only when told to."""
    for price in context.store.newest(context.account.name, "price") if key else ():
        if price["lookup_key"] != key:
            continue
        if not transfer:
            message = f"A price (`{price['id']}`) already uses that lookup key."
            raise ApiError(message, param="lookup_key")
        context.store.save(price | {"lookup_key": None})
