"""An event as an iCalendar file (RFC 5545), in its own zone: its wall clock stays right across changes of the clocks."""

from datetime import UTC, datetime, timedelta, tzinfo
from urllib.parse import urlsplit
from uuid import UUID
from zoneinfo import ZoneInfo

from icalendar import STATUS, Calendar, Event

from app.core.settings import get_settings
from app.pages.collecting import Collection
from app.registrations.happenings import Happening
from app.registrations.zones import timezone_between

PRODUCT = "-//Mayfly//Mayfly//EN"
CONTENT_TYPE = "text/calendar"
FILE_NAME = "event.ics"
# The zone's changes of the clocks are written out around the event only.
AROUND = timedelta(days=400)
# RFC 5545 allows more, but programs read it as a signed 32-bit number.
HIGHEST_SEQUENCE = 2**31 - 1


def event_calendar(
    collection: Collection,
    happening: Happening,
    now: datetime,
    *,
    id: UUID,
    url: str,
    private: bool = False,
    cancelled: bool = False,
) -> str:
    """Return the file's text. `id` makes a later file replace this one; `url` is where more is to be read.

    The platform's link is in it only when it is `private` to a registrant. A `cancelled` one takes the event away again.
    """
    zone = _zone(happening)
    place = happening.address or (happening.link if private else "") or ""
    event = Event.new(
        uid=f"{id}@{urlsplit(get_settings().base_url).hostname}",
        stamp=now,
        start=happening.starts_at.astimezone(zone),
        end=happening.ends_at.astimezone(zone) if happening.ends_at else None,
        summary=collection.title,
        location=place or None,
        url=url,
        sequence=min(collection.version, HIGHEST_SEQUENCE),
        status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
    )
    calendar = Calendar.new(
        prodid=PRODUCT,
        uid=str(id),
        method="CANCEL" if cancelled else "PUBLISH",
        subcomponents=[event],
    )
    if isinstance(zone, ZoneInfo):
        # Before the event that names it, where every program finds it.
        known = timezone_between(zone, happening.starts_at - AROUND, happening.starts_at + AROUND)
        calendar.subcomponents.insert(0, known)
    return calendar.to_ical().decode()


def _zone(happening: Happening) -> tzinfo:
    """Return the event's zone; UTC when one of its times comes twice there and the second is meant: a file that names
    a zone can only mean the first."""
    zone = ZoneInfo(happening.zone)
    times = (happening.starts_at, happening.ends_at or happening.starts_at)
    plain = zone.key != "UTC" and not any(moment.astimezone(zone).fold for moment in times)
    return zone if plain else UTC
