"""How a visitor arrived: by which share link, and what it gives them at a moment.

A link's terms never change, so the parameters in its address and the stored row say the same; whether they still hold is
asked of the row, its stock and the clock. A link that is over leads to the page as everyone sees it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from urllib.parse import urlsplit
from uuid import UUID

from app.core import db
from app.core.signing import sign_url, verify_url
from app.pages.lifecycle import ON_TIME, PageTimes
from app.pages.loading import PageRecord
from app.stock.levels import Level

SOURCE, EARLY, DISCOUNT, BEFORE = "source", "early", "discount", "before"
# All that addresses of pages are signed with.
PARAMETERS = frozenset({SOURCE, EARLY, DISCOUNT, BEFORE})
# Where frames on other sites say that their visitors come from.
EMBEDDED = "embed"
# Of an address's query, as forms carry it.
LONGEST_QUERY = 1000
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Standing(StrEnum):
    """Whether a link gives what it says; `in-use` is when its last uses lie in open baskets."""

    GOOD = "good"
    OVER = "over"
    USED_UP = "used-up"
    IN_USE = "in-use"


@dataclass(frozen=True)
class Link:
    """A page's share link. `early` is how long before the launch it opens the page, `discount_percent` comes off the
    page's prices, both until `use_before`; `stock_id` counts its uses, None when they are without limit."""

    id: UUID
    source: str
    early: timedelta
    discount_percent: int
    use_before: datetime | None
    stock_id: UUID | None
    stopped_at: datetime | None
    created_at: datetime

    @property
    def gives(self) -> bool:
        return bool(self.early or self.discount_percent)

    def parameters(self) -> dict[str, str]:
        """Return what its address carries, to be signed."""
        found = {SOURCE: self.source}
        if self.early:
            found[EARLY] = str(int(self.early.total_seconds()) // 60)
        if self.discount_percent:
            found[DISCOUNT] = str(self.discount_percent)
        if self.use_before:
            found[BEFORE] = str(int(self.use_before.timestamp()))
        return found

    def standing(self, uses: Level | None, now: datetime) -> Standing:
        if self.stopped_at is not None or (self.use_before is not None and now >= self.use_before):
            return Standing.OVER
        if uses is None or uses.available is None or uses.available > 0:
            return Standing.GOOD
        return Standing.IN_USE if uses.held else Standing.USED_UP


@dataclass(frozen=True)
class Arrival:
    """A visit by a signed address, at one moment. `address` is the address, `link` None when nobody made one for the
    source (a frame's, say); `uses` is how the link's stock stands, None without one."""

    address: str
    source: str
    link: Link | None
    uses: Level | None
    standing: Standing

    @property
    def query(self) -> str:
        return urlsplit(self.address).query

    @property
    def early(self) -> timedelta:
        """How long before the launch the page is open for this visitor."""
        return self.link.early if self.link and self.standing is Standing.GOOD else ON_TIME

    @property
    def discount_percent(self) -> int:
        good = self.link is not None and self.standing is Standing.GOOD
        return self.link.discount_percent if self.link and good else 0

    def next_change(self, times: PageTimes, now: datetime) -> datetime | None:
        """Return the next moment at which time alone changes what the link gives."""
        if self.link is None or self.link.stopped_at is not None:
            return None
        opens = times.launch_at - self.link.early if times.launch_at else None
        later = (at for at in (opens, self.link.use_before) if at is not None and at > now)
        return min(later, default=None)


def signed_source(path: str, query: str, now: datetime) -> str:
    """Return the source that a signed address names, "" when it names none. Raises BadSignature, ExpiredLink."""
    return verify_url(path, query, PARAMETERS, now).get(SOURCE, "")


def read_query(short_id: str, query: str, now: datetime) -> str:
    """Return the source in the query of a page's signed address, as its forms carry it; "" for "".

    Raises BadSignature when it was changed, ExpiredLink.
    """
    return signed_source(f"/p/{short_id}", query, now) if query else ""


def address_of(page: PageRecord, link: Link) -> str:
    """Return a link's path and query. It is signed as of when it was made, so it is always the same."""
    return sign_url(f"/p/{page.short_id}", link.parameters(), link.created_at)


def bare_address(page: PageRecord, source: str) -> str:
    """Return the path and query by which a page is visited from `source` without any terms."""
    return sign_url(f"/p/{page.short_id}", {SOURCE: source}, EPOCH)


# Read a row that has them with `read_link`, and with `read_uses` how its stock stands.
LINK_COLUMNS = """l.id, l.source, make_interval(mins => coalesce(l.early_minutes, 0)) AS early, l.discount_percent,
  l.use_before, l.stock_id, l.stopped_at, l.created_at, s.capacity, s.held, s.sold"""
LINKS = "share_link l LEFT JOIN stock s ON s.id = l.stock_id"


def read_link(row: db.Record) -> Link:
    return Link(**{name: row[name] for name in Link.__dataclass_fields__})


def read_uses(row: db.Record) -> Level | None:
    """Return how the uses of a link stand; None when they are without limit."""
    return Level(row["capacity"], row["held"], row["sold"], None) if row["stock_id"] else None


async def arrival(page: PageRecord, source: str, now: datetime) -> Arrival | None:
    """Return what arriving from `source` means at `now`; None for ""."""
    if not source:
        return None
    row = await db.fetch_one(
        f"SELECT {LINK_COLUMNS} FROM {LINKS} WHERE l.page_id = $1 AND l.source = $2",  # noqa: S608 - own constants
        page.id,
        source,
    )
    if row is None:
        return Arrival(bare_address(page, source), source, None, None, Standing.GOOD)
    link, uses = read_link(row), read_uses(row)
    return Arrival(address_of(page, link), source, link, uses, link.standing(uses, now))


async def note_early(link: Link, now: datetime) -> None:
    """Note, in the current transaction, that somebody came in before the launch: the page can't be a draft again."""
    await db.execute(
        "UPDATE share_link SET opened_early_at = $2 WHERE id = $1 AND opened_early_at IS NULL",
        link.id,
        now,
    )


async def opened_early(page_id: UUID) -> bool:
    """Whether anybody came in before the launch."""
    return bool(
        await db.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM share_link WHERE page_id = $1 AND opened_early_at IS NOT NULL)",
            page_id,
        )
    )
