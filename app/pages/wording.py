"""The public change log in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from babel.dates import format_datetime

from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.money import format_money
from app.pages.loading import Change


def change_text(change: Change, zone: str) -> str:
    """Return one line of the change log in the current language, times in `zone`."""
    before, after = _value(change, change.before, zone), _value(change, change.after, zone)
    values = {"before": before, "after": after, "subject": change.subject}
    if change.kind == "deadline":
        return _("End moved from %(before)s to %(after)s", **values)
    if change.kind == "discount":
        return _("Discount changed from %(before)s to %(after)s", **values)
    if change.kind == "price":
        return _("%(subject)s: price changed from %(before)s to %(after)s", **values)
    if change.subject:
        return _("%(subject)s: pieces changed from %(before)s to %(after)s", **values)
    return _("Pieces changed from %(before)s to %(after)s", **values)


def _value(change: Change, text: str, zone: str) -> str:
    language = current_language.get()
    if change.kind == "deadline":
        moment = datetime.fromisoformat(text)
        return format_datetime(moment, "medium", tzinfo=ZoneInfo(zone), locale=language)
    if change.kind == "price":
        return format_money(int(text), change.currency, language)
    return f"{text} %" if change.kind == "discount" else text
