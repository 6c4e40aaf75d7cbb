"""Check-in at the door: the events of a group and their guests, as a volunteer may see them.

No address and no number leaves this file: a guest is found by name, or by an address that the volunteer already knows.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.pages.overview import PageTerms, terms_of
from app.registrations.happenings import Happens
from app.registrations.tables import ATTENDED, SEATED

# An event is still listed for this long after its end (its start, where no end is set).
OPEN_AFTER = timedelta(days=1)
PAGE_SIZE = 25
MAXIMUM_SEARCH = 120


@dataclass(frozen=True)
class DoorEvent:
    """An event whose guests can be checked in; `zone` is the page's. Counts are places."""

    page_id: UUID
    title: str
    zone: str
    starts_at: datetime
    expected: int = 0
    attended: int = 0


@dataclass(frozen=True)
class Guest:
    """A registration at the door. `name` may be ""."""

    id: UUID
    name: str
    quantity: int
    state: str
    checked_in_at: datetime | None

    @property
    def attended(self) -> bool:
        return self.state == ATTENDED


@dataclass(frozen=True)
class GuestList:
    """One page of an event's guests, by name; `total` is how many match."""

    rows: list[Guest]
    search: str
    page: int
    total: int

    @property
    def pages(self) -> int:
        return max(1, -(-self.total // PAGE_SIZE))


async def door_events(group_id: UUID, now: datetime) -> list[DoorEvent]:
    """Return a group's events that are not over, the next one first."""
    found = [event for terms in await terms_of(group_id, now) if (event := _event(terms, now))]
    return sorted(await _counted(found), key=lambda event: event.starts_at)


async def door_event(page_id: UUID, group_id: UUID, now: datetime) -> DoorEvent:
    """Return one of them. Raises NotFound for any other page."""
    found = await terms_of(group_id, now, page_id)
    event = _event(found[0], now) if found else None
    if event is None:
        raise NotFound
    return (await _counted([event]))[0]


def _event(terms: PageTerms, now: datetime) -> DoorEvent | None:
    settings = terms.settings
    if not isinstance(settings, Happens) or settings.starts_at is None:
        return None
    if now > (settings.ends_at or settings.starts_at) + OPEN_AFTER:
        return None
    return DoorEvent(terms.id, terms.title, terms.zone, settings.starts_at)


async def _counted(events: list[DoorEvent]) -> list[DoorEvent]:
    rows = await db.fetch(
        """SELECT page_id, sum(quantity)::int AS expected,
             coalesce(sum(quantity) FILTER (WHERE state = $3), 0)::int AS attended
           FROM registration WHERE page_id = ANY($1::uuid[]) AND state = ANY($2::text[]) GROUP BY page_id""",
        *([event.page_id for event in events], list(SEATED), ATTENDED),
    )
    counts = {row["page_id"]: (row["expected"], row["attended"]) for row in rows}
    return [
        DoorEvent(
            event.page_id,
            event.title,
            event.zone,
            event.starts_at,
            *counts.get(event.page_id, (0, 0)),
        )
        for event in events
    ]


_GUEST = "SELECT id, name, quantity, state, checked_in_at"
# The name in part, an address or number only as a whole: guessing letters must not spell one out.
_FOUND = """FROM registration WHERE page_id = $1 AND state = ANY($2::text[])
  AND ($3 = '' OR name ILIKE $4 OR lower(email) = lower($3) OR phone = $3)"""


async def guests_of(page_id: UUID, search: str, page: int) -> GuestList:
    """Return a page of an event's guests. The caller has checked that the viewer may see the event."""
    text = search.replace("\x00", "").strip()[:MAXIMUM_SEARCH].encode("utf-8", "ignore").decode()
    escaped = text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    given = (page_id, list(SEATED), text, f"%{escaped}%")
    total = int(await db.fetch_value(f"SELECT count(*) {_FOUND}", *given) or 0)
    page = min(max(page, 1), max(1, -(-total // PAGE_SIZE)))
    rows = await db.fetch(
        f"{_GUEST} {_FOUND} ORDER BY lower(name), id LIMIT $5 OFFSET $6",
        *(*given, PAGE_SIZE, (page - 1) * PAGE_SIZE),
    )
    return GuestList([Guest(**dict(row)) for row in rows], text, page, total)


async def guest_of(registration_id: UUID, page_id: UUID) -> Guest:
    """Return one guest of an event. Raises NotFound, also for who waits or has cancelled."""
    row = await db.fetch_one(
        f"{_GUEST} FROM registration WHERE id = $1 AND page_id = $2 AND state = ANY($3::text[])",
        *(registration_id, page_id, list(SEATED)),
    )
    if row is None:
        raise NotFound
    return Guest(**dict(row))
