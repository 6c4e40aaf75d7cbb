"""Which time a report is about, cut into hours, days or weeks of a zone: a day begins at midnight there, whatever its length."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from app.core.forms import FieldError
from app.core.i18n import gettext as _

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
LAST_HOURS, CUSTOM, DEFAULT = "24h", "custom", "7d"
DAYS = {"7d": 7, "30d": 30, "90d": 90}
RANGES = (LAST_HOURS, *DAYS, CUSTOM)
LONGEST_DAYS = 366
# Fewer days than this are told by the hour, more than that by the week.
BY_HOUR, BY_WEEK = 2, 92


@dataclass(frozen=True)
class Period:
    """A span of time. `edges` are the beginnings of its parts, and its end; `unit` is "hour", "day" or "week"."""

    name: str
    zone: str
    unit: str
    edges: tuple[datetime, ...]
    first: date
    last: date

    @property
    def start(self) -> datetime:
        return self.edges[0]

    @property
    def end(self) -> datetime:
        return self.edges[-1]

    @property
    def parts(self) -> list[tuple[datetime, datetime]]:
        return list(zip(self.edges, self.edges[1:], strict=False))

    @property
    def before(self) -> datetime:
        """When as long a time before it began, to compare with."""
        if self.name == LAST_HOURS:
            return self.start - (self.end - self.start)
        return midnight(self.first - (self.last - self.first + DAY), self.zone)


def midnight(day: date, zone: str) -> datetime:
    """Return when `day` begins in `zone`."""
    return datetime.combine(day, time(), ZoneInfo(zone)).astimezone(UTC)


def last_hours(zone: str, now: datetime) -> Period:
    """Return this hour, and the 23 before it."""
    local = now.astimezone(ZoneInfo(zone))
    end = (local.replace(minute=0, second=0, microsecond=0).astimezone(UTC)) + HOUR
    edges = tuple(end - HOUR * back for back in range(24, -1, -1))
    first, last = edges[0].astimezone(ZoneInfo(zone)).date(), local.date()
    return Period(LAST_HOURS, zone, "hour", edges, first, last)


def last_days(name: str, zone: str, now: datetime) -> Period:
    """Return today and the days before it, as many as the range `name` has."""
    today = now.astimezone(ZoneInfo(zone)).date()
    return of_days(name, zone, today - DAY * (DAYS[name] - 1), today)


def of_days(name: str, zone: str, first: date, last: date) -> Period:
    """Return the days from `first` to `last`, both included."""
    days = (last - first).days + 1
    if days <= BY_HOUR:
        return Period(name, zone, "hour", _hours(first, last, zone), first, last)
    step, unit = (7, "week") if days > BY_WEEK else (1, "day")
    begins = [midnight(first + DAY * ahead, zone) for ahead in range(0, days, step)]
    return Period(name, zone, unit, (*begins, midnight(last + DAY, zone)), first, last)


def _hours(first: date, last: date, zone: str) -> tuple[datetime, ...]:
    start, end = midnight(first, zone), midnight(last + DAY, zone)
    whole = int((end - start) / HOUR)
    return (*(start + HOUR * ahead for ahead in range(whole)), end)


def read_period(query: Mapping[str, str], zone: str, now: datetime) -> Period:
    """Return the period that a query asks for. Raises FieldError beside `from` or `to` for days that can't be."""
    name = query.get("range", "")
    if name == LAST_HOURS:
        return last_hours(zone, now)
    if name != CUSTOM:
        return last_days(name if name in DAYS else DEFAULT, zone, now)
    first, last = (_day(field, query.get(field, "")) for field in ("from", "to"))
    today = now.astimezone(ZoneInfo(zone)).date()
    if last < first:
        raise FieldError("to", _("The last day must not be before the first."))
    if (last - first).days >= LONGEST_DAYS:
        raise FieldError("from", _("At most %(n)s days at once.", n=LONGEST_DAYS))
    if first > today:
        raise FieldError("from", _("That day is still to come."))
    return of_days(CUSTOM, zone, first, min(last, today))


def _day(field: str, text: str) -> date:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        raise FieldError(field, _("Please choose a day.")) from None
    if found.year < 2000 or found.year > 9000:
        raise FieldError(field, _("Please choose a day."))
    return found
