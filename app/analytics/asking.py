"""What a report was asked for, as its address says it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from app.analytics.periods import CUSTOM, DEFAULT, RANGES
from app.auth.viewer import Viewer
from app.core.ids import parse_id
from app.pages.overview import PageBrief

EXPORT = "/console/analytics/export.csv"
LONGEST = 10


@dataclass(frozen=True)
class Asked:
    """A report's address: `path`, and in its query the range (with its days, if they are chosen) and the page."""

    path: str
    range: str
    first: str
    last: str
    page_id: UUID | None
    fixed: bool = False

    @property
    def query(self) -> dict[str, str]:
        days = {"from": self.first, "to": self.last} if self.range == CUSTOM else {}
        return {"range": self.range, **days}

    def url(self, **changes: str) -> str:
        """Return the address with `changes`; "" leaves one out."""
        page = {} if self.fixed or self.page_id is None else {"page_id": str(self.page_id)}
        return _address(self.path, {**self.query, **page, **changes})

    @property
    def export_url(self) -> str:
        page = {} if self.page_id is None else {"page_id": str(self.page_id)}
        return _address(EXPORT, {**self.query, **page})

    def page_url(self, page_id: UUID) -> str:
        """Return the address of the report of one page, over the same time."""
        return _address(f"/console/pages/{page_id}/analytics", self.query)

    def range_url(self, name: str) -> str:
        page = {} if self.fixed or self.page_id is None else {"page_id": str(self.page_id)}
        return _address(self.path, {"range": name, **page})


def _address(path: str, query: Mapping[str, str]) -> str:
    return f"{path}?{urlencode({key: value for key, value in query.items() if value})}"


def read_asked(path: str, query: Mapping[str, str], page_id: UUID | None = None) -> Asked:
    """Read an address as browsers send it; a range that makes no sense is the usual one. `page_id` is the only page that
    `path` is about, when there is one."""
    name = query.get("range", "")
    first, last = (_day(query.get(key, "")) for key in ("from", "to"))
    asked_for = query.get("page_id", "")
    chosen = page_id or (parse_id(asked_for) if asked_for else None)
    return Asked(
        path, name if name in RANGES else DEFAULT, first, last, chosen, fixed=page_id is not None
    )


def _day(text: str) -> str:
    """Keep what a day may be written with."""
    return "".join(
        letter for letter in text if (letter.isascii() and letter.isalnum()) or letter == "-"
    )[:LONGEST]


def zone_of(pages: Sequence[PageBrief], viewer: Viewer) -> str:
    """Return the zone in which days begin: the page's own, or that of all pages, else the viewer's."""
    zones = {page.zone for page in pages}
    return zones.pop() if len(zones) == 1 else viewer.zone or "UTC"
