"""A zone's changes of the clocks, written out for a calendar file (RFC 5545, VTIMEZONE)."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

from icalendar import Timezone, TimezoneDaylight, TimezoneStandard

STEP = timedelta(days=1)
SECOND = timedelta(seconds=1)


def timezone_between(zone: ZoneInfo, first: datetime, last: datetime) -> Timezone:
    """Return the zone with what it observes from `first` to `last`: one part for each change of its clocks.

    Each begins at the wall clock's time before the change, as RFC 5545 wants it.
    """
    component = Timezone()
    component.add("tzid", zone.key)
    offset = _offset(zone, first)
    component.add_component(_observance(zone, first, offset))
    for change in changes(zone, first, last):
        component.add_component(_observance(zone, change, offset))
        offset = _offset(zone, change)
    return component


def changes(zone: ZoneInfo, first: datetime, last: datetime) -> Iterator[datetime]:
    """Yield the instants, in UTC, from which another offset holds, in order."""
    day = first.astimezone(UTC).replace(microsecond=0)
    while day < last:
        following = day + STEP
        if _offset(zone, day) != _offset(zone, following):
            yield _first_after(zone, day, following)
        day = following


def _first_after(zone: ZoneInfo, before: datetime, after: datetime) -> datetime:
    old = _offset(zone, before)
    while after - before > SECOND:
        middle = (before + (after - before) / 2).replace(microsecond=0)
        before, after = (middle, after) if _offset(zone, middle) == old else (before, middle)
    return after


def _offset(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _observance(
    zone: ZoneInfo, since: datetime, offset_before: timedelta
) -> TimezoneStandard | TimezoneDaylight:
    local = since.astimezone(zone)
    part = TimezoneDaylight() if local.dst() else TimezoneStandard()
    part.add("dtstart", (since.astimezone(UTC) + offset_before).replace(tzinfo=None))
    part.add("tzoffsetfrom", offset_before)
    part.add("tzoffsetto", _offset(zone, since))
    part.add("tzname", local.tzname())
    return part
