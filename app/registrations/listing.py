"""Registrations read for the console: the list with search, filters and paging."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from app.core.db import Record, fetch
from app.core.i18n import gettext as _
from app.core.ids import parse_id
from app.core.searching import pattern_of
from app.pages.titles import Titled, titles_of
from app.registrations.queries import COLUMNS
from app.registrations.tables import STATES

PAGE_SIZE = 25
MAXIMUM_SEARCH = 200
UNKNOWN_PAGE = Titled("", "UTC", "")

# $1 group, $2 state or '', $3 page or null, $4 pattern or ''
_MATCHES = """($3::uuid IS NULL OR r.page_id = $3)
  AND ($4 = '' OR r.email ILIKE $4 OR r.name ILIKE $4 OR r.phone ILIKE $4)"""


@dataclass(frozen=True)
class Filter:
    """What a list or an export is narrowed to; "" and None mean all."""

    search: str = ""
    state: str = ""
    page_id: UUID | None = None

    @property
    def pattern(self) -> str:
        return pattern_of(self.search) if self.search else ""

    def arguments(self, group_id: UUID) -> tuple[object, ...]:
        return (group_id, self.state, self.page_id, self.pattern)


def read_filter(search: str, state: str, page_id: str) -> Filter:
    """Read a filter as browsers send it; what makes no sense narrows nothing."""
    cleaned = search.strip().replace("\x00", "")[:MAXIMUM_SEARCH]
    return Filter(
        search=cleaned.encode("utf-8", "ignore").decode(),
        state=state if state in STATES else "",
        page_id=parse_id(page_id) if page_id else None,
    )


@dataclass(frozen=True)
class Listing:
    """One page of the list, and what its controls need. `titles` by page id."""

    rows: list[Record]
    filter: Filter
    page: int
    pages: int
    counts: dict[str, int]
    any: bool
    titles: dict[UUID, Titled]

    @property
    def search(self) -> str:
        return self.filter.search

    @property
    def state(self) -> str:
        return self.filter.state

    @property
    def page_id(self) -> str:
        return str(self.filter.page_id or "")

    @property
    def total(self) -> int:
        return self.counts.get(self.state, 0) if self.state else sum(self.counts.values())

    def state_filters(self) -> list[tuple[str, str, int]]:
        words = state_words()
        shown = [state for state in STATES if self.counts.get(state) or state == self.state]
        everything = ("", _("All"), sum(self.counts.values()))
        return [everything, *((state, words[state], self.counts.get(state, 0)) for state in shown)]

    def pages_filter(self) -> list[tuple[UUID, str]]:
        named = ((page_id, titled.title) for page_id, titled in self.titles.items())
        return sorted(named, key=lambda item: item[1].lower())

    def titled(self, page_id: UUID) -> Titled:
        return self.titles.get(page_id, UNKNOWN_PAGE)

    def url(self, path: str = "", **changes: str) -> str:
        """Return the list's address (or of `path` below it) with this filter; `{page}` and `{value}` stay templates."""
        query = {"q": self.search, "state": self.state, "page_id": self.page_id, **changes}
        text = urlencode({key: value for key, value in query.items() if value}, safe="{}")
        return f"/console/registrations{'/' + path if path else ''}{'?' + text if text else ''}"


def state_words() -> dict[str, str]:
    return {
        "confirmed": _("Registered"),
        "waiting": _("Waiting"),
        "offered": _("Offered a place"),
        "cancelled": _("Cancelled"),
        "attended": _("Attended"),
    }


async def list_registrations(group_id: UUID, narrowed: Filter, page: int) -> Listing:
    """Return page number `page` (the last one when there are fewer) of a group's registrations, newest first."""
    counted = await fetch(
        f"""SELECT r.page_id, r.state, count(*) FILTER (WHERE {_MATCHES} AND $2 = $2) AS matching
            FROM registration r WHERE r.group_id = $1 GROUP BY r.page_id, r.state""",  # noqa: S608 - own constants
        *narrowed.arguments(group_id),
    )
    counts: dict[str, int] = {}
    for row in counted:
        counts[row["state"]] = counts.get(row["state"], 0) + row["matching"]
    total = counts.get(narrowed.state, 0) if narrowed.state else sum(counts.values())
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page), pages)
    return Listing(
        rows=await _rows(group_id, narrowed, page),
        filter=narrowed,
        page=page,
        pages=pages,
        counts=counts,
        any=bool(counted),
        titles=await titles_of({row["page_id"] for row in counted}),
    )


async def _rows(group_id: UUID, narrowed: Filter, page: int) -> list[Record]:
    return await fetch(
        f"""SELECT r.id, r.page_id, r.name, r.email, r.phone, r.state, r.quantity, r.created_at
            FROM registration r WHERE r.group_id = $1 AND ($2 = '' OR r.state = $2) AND {_MATCHES}
            ORDER BY r.created_at DESC, r.id DESC LIMIT $5 OFFSET $6""",  # noqa: S608 - own constants
        *narrowed.arguments(group_id),
        PAGE_SIZE,
        (page - 1) * PAGE_SIZE,
    )


async def export_slice(
    group_id: UUID, narrowed: Filter, after: tuple[datetime, UUID] | None, limit: int
) -> list[Record]:
    """Return the next `limit` registrations older than the one at `after` (its time and id), newest first."""
    return await fetch(
        f"""SELECT {COLUMNS} FROM registration r
            WHERE r.group_id = $1 AND ($2 = '' OR r.state = $2) AND {_MATCHES}
            AND ($5::timestamptz IS NULL OR (r.created_at, r.id) < ($5, $6::uuid))
            ORDER BY r.created_at DESC, r.id DESC LIMIT $7""",  # noqa: S608 - own constants
        *narrowed.arguments(group_id),
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
