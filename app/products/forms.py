"""The product form: what is typed, and what it means."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.currencies import CURRENCIES
from app.core.forms import FieldError, Form, FormModel
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.local_times import Fold, fold_of, to_local, to_utc
from app.core.money import AmountRefused, format_amount_input, parse_amount
from app.core.settings import get_settings
from app.core.zones import ZoneName, check_zone
from app.products.presenting import ProductDetail


def _known_currency(text: str) -> str:
    if text not in CURRENCIES:
        raise ValueError(_("Please choose one of the options."))
    return text


class ProductForm(FormModel):
    """A product as typed; the price in major units of the currency."""

    name: Annotated[str, Field(min_length=1, max_length=120)]
    description: Annotated[str, Field(max_length=5000)] = ""
    price: Annotated[str, Field(min_length=1, max_length=30)]
    currency: Annotated[str, AfterValidator(_known_currency)]
    instead: Annotated[str, Field(max_length=1000)] = ""
    expires_at: Annotated[str, Field(max_length=40)] = ""
    expires_at_fold: Fold = ""
    zone: ZoneName = "UTC"


class NewProductForm(ProductForm):
    """The same for a new product; `id` was made when the form was shown, so that sending it twice makes one.

    With an `intent` it is made hidden from new pages, which takes no room; "plans" leads to the plans then.
    """

    id: UUID
    intent: Literal["", "hidden", "plans"] = ""


@dataclass(frozen=True)
class Details:
    """What a product is; `instead` says what buyers get where there is nothing to download. `amount` in minor units, `expires_at` in UTC, `zone` the one it was typed in."""

    name: str
    description: str
    amount: int
    currency: str
    zone: str
    expires_at: datetime | None
    instead: str = ""


def read_details(
    form: Form[ProductForm] | Form[NewProductForm], now: datetime, kept: datetime | None = None
) -> Details | None:
    """Return what the valid `form` means; None when errors were added beside its fields.

    An expiry in the past is refused, unless it is the one the product has already (`kept`).
    """
    data = form.data
    if data is None:
        return None
    amount, expires_at = 0, None
    try:
        amount = parse_amount(data.price, data.currency)
    except AmountRefused as error:
        form.add("price", error.message)
    try:
        check_zone(data.zone)
        expires_at = to_utc("expires_at", data.expires_at, data.zone, data.expires_at_fold)
        if expires_at is not None and expires_at <= now and expires_at != kept:
            raise FieldError("expires_at", _("This is in the past."))
    except FieldError as error:
        form.take(error)
    if form.errors:
        return None
    return Details(
        data.name, data.description, amount, data.currency, data.zone, expires_at, data.instead
    )


def empty_form(zone: str = "") -> Form[NewProductForm]:
    """Return the form of a product that does not exist yet, with its future id, in the creator's zone."""
    fresh = {"id": str(new_id()), "currency": get_settings().currency}
    return Form(values={**fresh, "expires_at": "", "expires_at_fold": "", "zone": zone or "UTC"})


def filled_form(product: ProductDetail) -> Form[ProductForm]:
    """Return the form of an existing product."""
    return Form(
        values={
            "name": product.name,
            "description": product.description,
            "instead": product.instead,
            "price": format_amount_input(product.amount, product.currency),
            "currency": product.currency,
            "expires_at": to_local(product.expires_at, product.zone),
            "expires_at_fold": fold_of(product.expires_at, product.zone),
            "zone": product.zone,
        }
    )
