"""The form of a discount code: what is typed, and what it means."""

from collections.abc import Callable, Collection
from datetime import datetime
from typing import Annotated, Literal, TypeVar
from uuid import UUID

from pydantic import AfterValidator, Field

from app.core.currencies import CURRENCIES
from app.core.forms import FieldError, Form, FormModel
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.local_times import Fold, fold_of, to_local, to_utc
from app.core.money import AmountRefused, example_amount, format_amount_input, parse_amount
from app.core.settings import get_settings
from app.core.zones import ZoneName, check_zone
from app.pages.forms import EmptyIsNone
from app.stock.codes.queries import CodeRow
from app.stock.codes.standing import LONGEST, Code, normalized
from app.stock.codes.writing import Terms

MAXIMUM_USES = 1_000_000
MAXIMUM_PER_BUYER = 1000
MAXIMUM_PAGES = 200
PERCENT, AMOUNT = "percent", "amount"

Value = TypeVar("Value")
Typed = Annotated[str, Field(max_length=40)]


def _known_currency(text: str) -> str:
    if text not in CURRENCIES:
        raise ValueError(_("Please choose one of the options."))
    return text


class CodeForm(FormModel):
    """A code as typed; `amount` in major units of the currency. The code of an offer has its first five fields there."""

    code: Annotated[str, Field(max_length=100)] = ""
    kind: Literal["percent", "amount"] = PERCENT
    percent: Annotated[Annotated[int, Field(ge=1, le=100)] | None, EmptyIsNone] = None
    amount: Annotated[str, Field(max_length=30)] = ""
    currency: Annotated[str, AfterValidator(_known_currency)] = CURRENCIES[0]
    valid_from: Typed = ""
    valid_from_fold: Fold = ""
    valid_until: Typed = ""
    valid_until_fold: Fold = ""
    zone: ZoneName = "UTC"
    maximum_uses: Annotated[
        Annotated[int, Field(ge=1, le=MAXIMUM_USES)] | None, EmptyIsNone
    ] = None  # fmt: skip
    per_buyer_limit: Annotated[
        Annotated[int, Field(ge=1, le=MAXIMUM_PER_BUYER)] | None, EmptyIsNone
    ] = None
    scope: Literal["everywhere", "chosen"] = "everywhere"
    page: Annotated[list[UUID], Field(max_length=MAXIMUM_PAGES)] = []


class NewCodeForm(CodeForm):
    """The same for a new code; `id` was made when the form was shown, so that sending it twice makes one."""

    id: UUID


def read_terms(
    form: Form[CodeForm] | Form[NewCodeForm],
    pages: Collection[UUID],
    now: datetime,
    known: Code | None = None,
    own_page: UUID | None = None,
) -> Terms | None:
    """Return what the valid `form` means; None when errors were added beside its fields.

    `pages` are those it may be for, `known` the code as it was, `own_page` the page that hands it out, if one does:
    name and worth are that page's then.
    """
    data = form.data
    if data is None:
        return None
    zone = _or(form, "UTC", lambda: check_zone(data.zone))
    start = _or(
        form, None, lambda: to_utc("valid_from", data.valid_from, zone, data.valid_from_fold)
    )
    end = _or(
        form, None, lambda: to_utc("valid_until", data.valid_until, zone, data.valid_until_fold)
    )
    _check_times(form, start, end, known, now)
    chosen = _chosen(form, data, pages, own_page)
    if known is not None and own_page is not None:
        code, percent, amount = known.code, known.percent, None
    else:
        code, percent, amount = _worth(form, data)
    if form.errors:
        return None
    return Terms(
        code=code,
        percent=percent,
        amount=amount,
        currency=data.currency if amount else "",
        valid_from=start,
        valid_until=end,
        zone=zone,
        maximum_uses=data.maximum_uses,
        per_buyer_limit=data.per_buyer_limit,
        everywhere=data.scope == "everywhere",
        pages=chosen,
    )


def _or(form: Form[CodeForm] | Form[NewCodeForm], otherwise: Value, read: Callable[[], Value]) -> Value:  # fmt: skip
    try:
        return read()
    except FieldError as error:
        form.take(error)
        return otherwise


def _check_times(
    form: Form[CodeForm] | Form[NewCodeForm],
    start: datetime | None,
    end: datetime | None,
    known: Code | None,
    now: datetime,
) -> None:
    if end is None:
        return
    if start is not None and end <= start:
        form.add("valid_until", _("The end must be after the beginning."))
    elif end <= now and (known is None or known.valid_until != end):
        form.add("valid_until", _("The end must be in the future."))


def _chosen(
    form: Form[CodeForm] | Form[NewCodeForm],
    data: CodeForm,
    pages: Collection[UUID],
    own_page: UUID | None,
) -> frozenset[UUID]:
    chosen = frozenset(data.page) if data.scope == "chosen" else frozenset[UUID]()
    if own_page is not None:
        chosen |= {own_page}
    if chosen - set(pages) - {own_page}:
        form.add("page", _("One of these pages is not here any more."))
    elif data.scope == "chosen" and not chosen:
        form.add("page", _("Please choose at least one page."))
    return chosen


def _worth(
    form: Form[CodeForm] | Form[NewCodeForm], data: CodeForm
) -> tuple[str, int | None, int | None]:
    code = normalized(data.code)
    if not data.code:
        form.add("code", _("Please fill this in."))
    elif not code:
        form.add("code", _("At most %(n)s letters, digits and hyphens, please.", n=LONGEST))
    if data.kind == PERCENT:
        if data.percent is None:
            form.add("percent", _("Please enter a whole number from 1 to 100."))
        return code, data.percent, None
    try:
        amount = parse_amount(data.amount, data.currency)
        if amount == 0:
            example = example_amount(data.currency)
            form.add("amount", _("Please enter an amount, such as %(example)s.", example=example))
    except AmountRefused as error:
        amount = 0
        form.add("amount", error.message)
    return code, None, amount


def empty_form(zone: str = "") -> Form[NewCodeForm]:
    """Return the form of a code that does not exist yet, with its future id, in the creator's zone."""
    values = {"id": str(new_id()), "kind": PERCENT, "currency": get_settings().currency}
    more = {"scope": "everywhere", "page": [], "zone": zone or "UTC"}
    return Form(values={**values, **more})


def filled_form(row: CodeRow) -> Form[CodeForm]:
    """Return the form of an existing code."""
    code, zone = row.code, row.code.zone
    currency = code.currency or get_settings().currency
    return Form(
        values={
            "code": code.code,
            "kind": PERCENT if code.amount is None else AMOUNT,
            "percent": "" if code.percent is None else str(code.percent),
            "amount": "" if code.amount is None else format_amount_input(code.amount, currency),
            "currency": currency,
            "valid_from": to_local(code.valid_from, zone),
            "valid_from_fold": fold_of(code.valid_from, zone),
            "valid_until": to_local(code.valid_until, zone),
            "valid_until_fold": fold_of(code.valid_until, zone),
            "zone": zone,
            "maximum_uses": str(row.level.capacity or ""),
            "per_buyer_limit": str(code.per_buyer_limit or ""),
            "scope": "everywhere" if code.everywhere else "chosen",
            "page": [str(page_id) for page_id in row.pages],
        }
    )
