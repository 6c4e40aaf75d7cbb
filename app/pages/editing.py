"""Reading the editor: what the form says, as typed values, with every error beside its field.

The live preview shows the same reading: where a field is wrong, the stored value stands in for it.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, TypeVar, cast
from uuid import UUID

from app.core.forms import FieldError, Form
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.local_times import Fold, fold_of, to_local, to_utc
from app.core.money import format_amount_input
from app.core.theme import Theme
from app.core.zones import check_zone
from app.pages.contents import read_contents
from app.pages.forms import ExtensionForm, PageForm
from app.pages.lifecycle import PageTimes, State
from app.pages.loading import Content, PageRecord
from app.pages.terms import Afterlife, PageSettings
from app.pages.types.base import Sells
from app.products.presenting import ProductCard

Value = TypeVar("Value")


@dataclass(frozen=True)
class Edit:
    """What the editor asks for."""

    title: str
    description: str
    language: str
    zone: str
    theme: Theme
    settings: PageSettings
    afterlife: Afterlife
    times: PageTimes
    contents: tuple[Content, ...]
    erase_after_days: int | None = None

    def of(self, page: PageRecord) -> PageRecord:
        """Return `page` as it would be."""
        return replace(page, **{name: getattr(self, name) for name in self.__dataclass_fields__})


def read_edit(
    form: Form[Any], page: PageRecord, cards: Mapping[UUID, ProductCard], now: datetime
) -> Edit | None:
    """Return what the form asks for, adding to its errors; None when it can't be read at all.

    `cards` are the products that may stand on the page. What can't change after publication is taken from the page.
    """
    data = cast(PageForm | None, form.data)
    if data is None:
        return None
    draft = page.state(now) is State.DRAFT
    zone = _or(form, page.zone, lambda: check_zone(data.zone))
    settings = _or(form, page.settings, data.settings)
    if not draft:
        settings = cast(Sells, settings).with_stock_of(page.settings)
    times = _times(form, data, page.times, zone, now) if draft else page.times
    for field, message in page.page_type.check(settings, times):
        form.add(field, message)
    return Edit(
        title=data.title,
        description=data.description,
        language=_or(form, page.language, data.checked_language),
        zone=zone,
        theme=_or(form, page.theme, data.theme),
        settings=settings,
        afterlife=_or(form, page.afterlife, data.afterlife),
        times=times,
        contents=read_contents(form, data, page, cards, cast(Sells, settings), draft),
        erase_after_days=_or(form, page.erase_after_days, lambda: _promised(data, page, draft)),
    )


def _promised(data: PageForm, page: PageRecord, draft: bool) -> int | None:
    """Return how long registrations are kept. Raises FieldError for longer than visitors were told."""
    asked, told = data.erase_after_days, page.erase_after_days
    if not draft and told is not None and (asked is None or asked > told):
        words = ngettext("Visitors were told %(num)s day. It can only become shorter.",
                         "Visitors were told %(num)s days. It can only become shorter.", told)  # fmt: skip
        raise FieldError("erase_after_days", words)
    return asked


def _or(form: Form[Any], otherwise: Value, read: Callable[[], Value]) -> Value:
    try:
        return read()
    except FieldError as error:
        form.take(error)
        return otherwise


def _times(
    form: Form[Any], data: PageForm, times: PageTimes, zone: str, now: datetime
) -> PageTimes:
    launch = _or(
        form,
        times.launch_at,
        lambda: to_utc("launch_at", data.launch_at, zone, data.launch_at_fold),
    )
    end = _or(
        form,
        times.expires_at,
        lambda: to_utc("expires_at", data.expires_at, zone, data.expires_at_fold),
    )
    if end is not None and end <= (launch or now):
        form.add(
            "expires_at",
            _("The end must be after the launch.")
            if launch
            else _("The end must be in the future."),
        )
    return replace(times, launch_at=launch, expires_at=end)


def read_until(form: Form[ExtensionForm], page: PageRecord) -> datetime | None:
    """Return the new end that the form asks for, in the page's zone; None when an error was added to the form."""
    if form.data is None:
        return None
    try:
        asked = form.data
        return to_utc("expires_at", asked.expires_at, page.zone, asked.expires_at_fold)
    except FieldError as error:
        form.take(error)
        return None


def form_of(page: PageRecord) -> Form[PageForm]:
    """Return the editor's form, filled from the stored page."""
    times, zone = page.times, page.zone
    folds: dict[str, Fold] = {
        "launch_at_fold": fold_of(times.launch_at, zone),
        "expires_at_fold": fold_of(times.expires_at, zone),
    }
    theme, after = page.theme, page.afterlife
    return Form(
        values={
            "title": page.title,
            "description": page.description,
            "language": page.language,
            "zone": zone,
            "launch_at": to_local(times.launch_at, zone),
            "expires_at": to_local(times.expires_at, zone),
            **folds,
            **{name: getattr(theme, name) for name in theme.__dataclass_fields__},
            "confirmation_message": page.settings.confirmation_message,
            "after_action": after.action,
            "after_message": after.message,
            "after_url": after.url or "",
            "after_days": "" if after.gone_after_days is None else str(after.gone_after_days),
            "erase_after_days": "" if page.erase_after_days is None else str(page.erase_after_days),
            "item": [str(content.product_id) for content in page.contents],
            "item_amount": [
                format_amount_input(content.amount, content.currency) for content in page.contents
            ],
            "item_quantity": [str(content.quantity or "") for content in page.contents],
            **page.page_type.form.values_of(page.settings, zone),
        }
    )
