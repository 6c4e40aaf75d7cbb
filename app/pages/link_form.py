"""The form of a new share link: a source, and what the link gives."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import Field

from app.core.forms import FORM_LEVEL, FieldError, Form, FormModel
from app.core.i18n import gettext as _
from app.core.local_times import Fold, to_utc
from app.pages.forms import EmptyIsNone
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.sharing import Terms
from app.pages.terms import MAXIMUM_QUANTITY

MINUTES_OF_AN_HOUR, MINUTES_OF_A_DAY = 60, 24 * 60
# As soon as the page is scheduled: no page is scheduled so long before it launches.
AT_ONCE = 3650 * MINUTES_OF_A_DAY
EARLY_MINUTES = (15, 60, 6 * 60, MINUTES_OF_A_DAY, 3 * MINUTES_OF_A_DAY, 7 * MINUTES_OF_A_DAY, AT_ONCE)  # fmt: skip

Percent = Annotated[Annotated[int, Field(ge=1, le=100)] | None, EmptyIsNone]
Uses = Annotated[Annotated[int, Field(ge=1, le=MAXIMUM_QUANTITY)] | None, EmptyIsNone]


class LinkForm(FormModel):
    """Empty fields give nothing, and set no limit."""

    source: Annotated[
        str, Field(min_length=1, max_length=40, pattern=r"^[A-Za-z0-9][A-Za-z0-9 ._-]*$")
    ]
    early_minutes: Annotated[int | None, EmptyIsNone] = None
    discount_percent: Percent = None
    use_before: Annotated[str, Field(max_length=40)] = ""
    use_before_fold: Fold = ""
    uses: Uses = None


class StopForm(FormModel):
    over: Literal["", "yes"] = ""


def empty_form() -> Form[LinkForm]:
    return Form(values=dict.fromkeys(LinkForm.model_fields, ""))


def read_terms(form: Form[LinkForm], page: PageRecord, now: datetime) -> Terms | None:
    """Return what the link is to give; None, with the errors in the form, when that makes no sense.

    What this page's form does not offer stands beside no field of it.
    """
    if form.data is None:
        return None
    try:
        return _terms(form.data, page, now)
    except FieldError as error:
        form.take(error)
        return None


def _terms(sent: LinkForm, page: PageRecord, now: datetime) -> Terms:
    early = sent.early_minutes
    if early is not None and early not in EARLY_MINUTES:
        raise FieldError("early_minutes", _("Please choose one of the options."))
    if early is not None and page.state(now) not in (State.DRAFT, State.SCHEDULED):
        raise FieldError(FORM_LEVEL, _("This page has launched: nobody can be early any more."))
    if sent.discount_percent and not page.page_type.sells:
        raise FieldError(FORM_LEVEL, _("Nothing is sold on this page."))
    use_before = to_utc("use_before", sent.use_before, page.zone, sent.use_before_fold)
    if use_before is not None and use_before <= now:
        raise FieldError("use_before", _("The time must be in the future."))
    if early is None and not sent.discount_percent and (use_before or sent.uses):
        field = "use_before" if use_before else "uses"
        raise FieldError(
            field, _("Without early access or a discount there is nothing that could end.")
        )
    return Terms(early, sent.discount_percent or 0, use_before, sent.uses)


def early_words(minutes: int) -> str:
    """Say how early a link opens its page."""
    return {
        15: _("15 minutes before the launch"),
        60: _("1 hour before the launch"),
        6 * 60: _("6 hours before the launch"),
        MINUTES_OF_A_DAY: _("1 day before the launch"),
        3 * MINUTES_OF_A_DAY: _("3 days before the launch"),
        7 * MINUTES_OF_A_DAY: _("1 week before the launch"),
    }.get(minutes, _("as soon as it is scheduled"))


def early_options() -> list[tuple[str, str]]:
    return [("", _("With the launch")), *((str(each), early_words(each)) for each in EARLY_MINUTES)]
