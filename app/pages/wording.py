"""The public change log in words."""

from datetime import datetime
from zoneinfo import ZoneInfo

from app.core.dates import format_datetime
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.money import format_money
from app.pages.loading import Change

# Kinds of change with their own times, and how each reads.
MOMENTS = ("deadline", "target", "starts", "ends", "closes")
PLAN = (*MOMENTS, "place")
# What is said of the code that a page hands out.
CODE_MOMENTS = ("codefrom", "codeuntil")
CODES = ("code", "uses", *CODE_MOMENTS, "codeoff")
KINDS = (*PLAN, *CODES, "stock", "price", "discount")


def change_text(change: Change, zone: str) -> str:
    """Return one line of the change log in the current language, times in `zone`."""
    before, after = _value(change, change.before, zone), _value(change, change.after, zone)
    values = {"before": before, "after": after, "subject": change.subject}
    if change.kind == "deadline":
        return _("End moved from %(before)s to %(after)s", **values)
    if change.kind == "discount":
        return _("Discount changed from %(before)s to %(after)s", **values)
    if own := _own_words(change.kind, values):
        return own
    if change.kind == "price":
        return _("%(subject)s: price changed from %(before)s to %(after)s", **values)
    if change.subject:
        return _("%(subject)s: pieces changed from %(before)s to %(after)s", **values)
    return _("Pieces changed from %(before)s to %(after)s", **values)


def _own_words(kind: str, values: dict[str, str]) -> str:
    words = {
        "target": lambda: _("Countdown moved from %(before)s to %(after)s", **values),
        "starts": lambda: _("Start moved from %(before)s to %(after)s", **values),
        "ends": lambda: _("End of the event moved from %(before)s to %(after)s", **values),
        "closes": lambda: _("Registration closes on %(after)s instead of %(before)s", **values),
        "place": lambda: _("Place changed from %(before)s to %(after)s", **values),
        "code": lambda: _("Code changed from %(before)s to %(after)s", **values),
        "uses": lambda: _("Uses of the code changed from %(before)s to %(after)s", **values),
        "codefrom": lambda: _("The code is valid from %(after)s; before: %(before)s", **values),
        "codeuntil": lambda: _("The code is valid until %(after)s; before: %(before)s", **values),
        "codeoff": lambda: _("The code was %(after)s", **values),
    }
    return words[kind]() if kind in words else ""


def _value(change: Change, text: str, zone: str) -> str:
    language = current_language.get()
    if change.kind in CODES and not text:
        return {"code": _("none"), "uses": _("unlimited"), "codefrom": _("the beginning")}.get(
            change.kind, _("the end")
        )
    if change.kind in (*MOMENTS, *CODE_MOMENTS):
        moment = datetime.fromisoformat(text)
        return format_datetime(moment, "medium", tzinfo=ZoneInfo(zone), locale=language)
    if change.kind == "price":
        return format_money(int(text), change.currency, language)
    if change.kind == "codeoff":
        return _("switched off") if text == "off" else _("switched on")
    return f"{text} %" if change.kind == "discount" else text
