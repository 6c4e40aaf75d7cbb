"""The calendar file: read back by another program, and by the letter of RFC 5545, it means the same instant."""

from datetime import UTC, datetime, timedelta
from types import SimpleNamespace
from typing import Any, cast
from zoneinfo import ZoneInfo

from hypothesis import example, given
from hypothesis import strategies as st
from icalendar import Calendar

from app.core.ids import new_id
from app.pages.collecting import Collection
from app.registrations.calendar import event_calendar
from app.registrations.happenings import Happening

ZONES = ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Europe/Dublin", "Asia/Kathmandu", "UTC", "Pacific/Apia", "Africa/Casablanca")  # fmt: skip
PAGE = new_id()
NOW = datetime(2026, 11, 20, tzinfo=UTC)
FIRST = datetime(2026, 1, 1, tzinfo=UTC)


def made(happening: Happening, title: str = "By the river", **options: Any) -> str:
    collection = cast(Collection, SimpleNamespace(title=title, version=3, page_id=PAGE))
    url = "https://mayfly.example/p/x"
    return event_calendar(collection, happening, NOW, url=url, **options)


def by_the_letter(calendar: Any, name: str) -> datetime:
    """Return a time of the event in UTC as RFC 5545 (3.6.5) says: by the last onset before it, and its offset."""
    [event] = calendar.walk("VEVENT")
    value = event[name]
    moment: datetime = value.dt
    if "TZID" not in value.params:
        return moment.astimezone(UTC)
    local = moment.replace(tzinfo=None)
    [zone] = calendar.walk("VTIMEZONE")
    onsets = [(part["DTSTART"].dt, part["TZOFFSETTO"].td) for part in zone.subcomponents]
    _onset, offset = max((onset for onset in onsets if onset[0] <= local), key=lambda pair: pair[0])
    return (local - offset).replace(tzinfo=UTC)


@given(
    st.integers(0, 10 * 365 * 24 * 60),
    st.integers(1, 60 * 24 * 3),
    st.sampled_from(ZONES),
)
# The hours around changes of the clocks.
@example(427710, 60, "Europe/Berlin")
@example(427770, 60, "Europe/Berlin")
@example(125340, 60, "Europe/Berlin")
@example(125339, 2, "Europe/Berlin")
@example(438150, 60, "America/New_York")
def test_every_reader_finds_the_same_instant(minute: int, minutes: int, zone: str) -> None:
    starts_at = FIRST + timedelta(minutes=minute)
    ends_at = starts_at + timedelta(minutes=minutes)
    calendar: Any = Calendar.from_ical(made(Happening(starts_at, ends_at, zone, "", None)))
    assert by_the_letter(calendar, "DTSTART") == starts_at
    assert by_the_letter(calendar, "DTEND") == ends_at
    [event] = calendar.walk("VEVENT")
    start = event["DTSTART"].dt
    # Programs that know the zone by its name need no VTIMEZONE.
    assert start.replace(tzinfo=ZoneInfo(str(start.tzinfo))).astimezone(UTC) == starts_at


@given(st.text(max_size=200), st.text(max_size=200))
def test_what_people_type_breaks_no_line(title: str, address: str) -> None:
    happening = Happening(NOW, None, "Europe/Berlin", address, None)
    text = made(happening, title)
    assert text.count("BEGIN:VEVENT") - title.count("BEGIN:VEVENT") == 1
    assert all(len(line.encode()) <= 75 for line in text.split("\r\n"))
    calendar: Any = Calendar.from_ical(text)
    assert len(calendar.walk("VEVENT")) == 1


def test_the_platforms_link_is_private() -> None:
    happening = Happening(NOW, None, "UTC", "", "https://zoom.example/j/1")
    assert "zoom" not in made(happening)
    assert "zoom" in made(happening, private=True)


def test_every_file_is_of_one_event_and_a_cancellation_is_above_what_it_takes_back() -> None:
    """RFC 5546 (3.2.5): the same UID, an ORGANIZER, a SEQUENCE that rises, and the METHOD."""
    happening = Happening(NOW, None, "Europe/Berlin", "The river", "https://zoom.example/j/1")
    files = {
        "page": made(happening),
        "mailed": made(happening, private=True),
        "cancelled": made(happening, cancelled=True),
    }
    read: dict[str, Any] = {name: Calendar.from_ical(text) for name, text in files.items()}
    events = {name: calendar.walk("VEVENT")[0] for name, calendar in read.items()}
    assert len({str(event["UID"]) for event in events.values()}) == 1
    assert all(str(event["ORGANIZER"]).startswith("mailto:") for event in events.values())
    assert all("DTSTAMP" in event for event in events.values())
    assert events["page"]["SEQUENCE"] == events["mailed"]["SEQUENCE"]
    assert events["cancelled"]["SEQUENCE"] > events["mailed"]["SEQUENCE"]
    assert [str(calendar["METHOD"]) for calendar in read.values()] == [
        "PUBLISH",
        "PUBLISH",
        "CANCEL",
    ]
    assert events["cancelled"]["STATUS"] == "CANCELLED"


def test_who_registers_again_gets_a_file_above_the_cancellation() -> None:
    happening = Happening(NOW, None, "UTC", "", None)
    sequences: list[int] = []
    collection = cast(Collection, SimpleNamespace(title="x", version=3, page_id=PAGE))
    for seconds, cancelled in ((0, False), (0, True), (1, False), (1, True)):
        later = NOW + timedelta(seconds=seconds)
        text = event_calendar(
            collection, happening, later, url="https://a.example", cancelled=cancelled
        )
        [event] = cast(Any, Calendar.from_ical(text)).walk("VEVENT")
        sequences.append(event["SEQUENCE"])
    assert sequences == sorted(set(sequences))
