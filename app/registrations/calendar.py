"""An event as an iCalendar file (RFC 5545), in its own zone: its wall clock stays right across changes of the clocks."""

from datetime import UTC, datetime, timedelta, tzinfo
from email.utils import parseaddr
from urllib.parse import urlsplit
from zoneinfo import ZoneInfo

from icalendar import STATUS, Calendar, Event, vCalAddress

from app.core.addresses import wire_or_same
from app.core.settings import get_settings
from app.pages.collecting import Collection
from app.registrations.happenings import Happening
from app.registrations.zones import timezone_between

PRODUCT = "-//Mayfly//Mayfly//EN"
CONTENT_TYPE = "text/calendar"
FILE_NAME = "event.ics"
# The zone's changes of the clocks are written out around the event only.
AROUND = timedelta(days=400)
# Programs read a sequence as a signed 32-bit number: enough until 2054.
SEQUENCES_SINCE = datetime(2020, 1, 1, tzinfo=UTC)


def event_calendar(
    collection: Collection,
    happening: Happening,
    now: datetime,
    *,
    url: str,
    private: bool = False,
    cancelled: bool = False,
) -> str:
    """Return the file's text; `url` is where more is to be read.

    The platform's link is in it only when it is `private` to a registrant. A `cancelled` one takes the event away again.
    The page's file and the mailed ones have one UID (RFC 5545, 3.8.4.7), so that a calendar has the event once, and each
    file replaces what came before it.
    """
    uid = f"{collection.page_id}@{urlsplit(get_settings().base_url).hostname}"
    zone = _zone(happening)
    place = happening.address or (happening.link if private else "") or ""
    event = Event.new(
        uid=uid,
        organizer=_organizer(),
        stamp=now,
        start=happening.starts_at.astimezone(zone),
        end=happening.ends_at.astimezone(zone) if happening.ends_at else None,
        summary=collection.title,
        location=place or None,
        url=url,
        sequence=_sequence(now, cancelled),
        status=STATUS.CANCELLED if cancelled else STATUS.CONFIRMED,
    )
    calendar = Calendar.new(
        prodid=PRODUCT,
        uid=str(collection.page_id),
        method="CANCEL" if cancelled else "PUBLISH",
        subcomponents=[event],
    )
    if isinstance(zone, ZoneInfo):
        # Before the event that names it, where every program finds it.
        known = timezone_between(zone, happening.starts_at - AROUND, happening.starts_at + AROUND)
        calendar.subcomponents.insert(0, known)
    return calendar.to_ical().decode()


def _sequence(now: datetime, cancelled: bool) -> int:
    """Return a number that rises from file to file (RFC 5546, 2.1.4): half seconds, so that a cancellation is above the
    file of the same second. The page's version would not do: who registers again after cancelling changes no page."""
    return 2 * int((now - SEQUENCES_SINCE).total_seconds()) + cancelled


def _organizer() -> vCalAddress:
    """Return who sends the event: RFC 5546 asks for one in every file, a cancellation's too."""
    name, address = parseaddr(get_settings().mail_from)
    organizer = vCalAddress(f"mailto:{wire_or_same(address)}")
    if name:
        organizer.params["CN"] = name
    return organizer


def _zone(happening: Happening) -> tzinfo:
    """Return the event's zone; UTC when one of its times comes twice there and the second is meant: a file that names
    a zone can only mean the first."""
    zone = ZoneInfo(happening.zone)
    times = (happening.starts_at, happening.ends_at or happening.starts_at)
    plain = zone.key != "UTC" and not any(moment.astimezone(zone).fold for moment in times)
    return zone if plain else UTC
