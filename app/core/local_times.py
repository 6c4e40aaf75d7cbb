"""Times as people type them in the page's zone, where a clock change can make a time twice or never."""

from datetime import UTC, datetime
from typing import Literal
from zoneinfo import ZoneInfo

from app.core.forms import FieldError
from app.core.i18n import gettext as _

FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S")
LAST_YEAR = 2200

Fold = Literal["", "first", "second"]


def to_utc(field: str, text: str, zone: str, fold: Fold = "") -> datetime | None:
    """Return the moment that `text` means in `zone`, in UTC; None for an empty text.

    Raises FieldError beside `field` when it is no time, when the clocks skip it, or when they show it twice and
    `fold` does not say which of the two is meant.
    """
    if not text:
        return None
    local = _parse(field, text).replace(tzinfo=ZoneInfo(zone))
    first, second = local.replace(fold=0), local.replace(fold=1)
    if first.utcoffset() != second.utcoffset():
        if first.astimezone(UTC).astimezone(ZoneInfo(zone)).replace(fold=0) != first:
            raise FieldError(
                field, _("On that day the clocks skip this time. Please choose another one.")
            )
        if not fold:
            raise FieldError(
                field,
                _("On that day the clocks show this time twice. Please choose which one is meant."),
            )
    return (second if fold == "second" else first).astimezone(UTC)


def to_local(moment: datetime | None, zone: str) -> str:
    """Return `moment` as a datetime-local input shows it; empty for None."""
    return moment.astimezone(ZoneInfo(zone)).strftime(FORMATS[0]) if moment else ""


def fold_of(moment: datetime | None, zone: str) -> Fold:
    """Return which of the two `moment` is, when the clocks of `zone` show its time twice; else empty."""
    if moment is None:
        return ""
    local = moment.astimezone(ZoneInfo(zone))
    if local.replace(fold=0).utcoffset() == local.replace(fold=1).utcoffset():
        return ""
    return "second" if local.fold else "first"


def _parse(field: str, text: str) -> datetime:
    for form in FORMATS:
        try:
            # The zone is put on by the caller.
            parsed = datetime.strptime(text, form)  # noqa: DTZ007
        except ValueError:
            continue
        if 2000 <= parsed.year <= LAST_YEAR:
            return parsed
    raise FieldError(field, _("Please enter a date and a time."))
