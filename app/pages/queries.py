"""Reads shaped for the console: the list of pages with their figures, one page's history."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from app.core.db import Record, fetch
from app.pages.lifecycle import PageTimes, State, end_of, state_at
from app.pages.types import page_types
from app.pages.types.base import PageType
from app.stock.levels import Level, levels

PAGE_SIZE = 20
STATES: tuple[str, ...] = tuple(State)

# lifecycle.state_at in SQL, for counting and filtering; a test holds the two together. $1 is the present moment.
STATE = """
CASE WHEN p.published_at IS NULL OR $1 < p.published_at THEN 'draft'
     WHEN p.ended_at <= $1 THEN 'expired'
     WHEN p.ended_at IS NULL AND p.expires_at <= $1
       AND NOT (p.paused_at IS NOT NULL AND p.pause_moves_deadline) THEN 'expired'
     WHEN $1 < p.launch_at THEN 'scheduled'
     WHEN p.paused_at <= $1 THEN 'paused'
     ELSE 'active' END
"""

ROWS = """SELECT p.*, c.number AS contents, c.image, c.stock_ids FROM page p CROSS JOIN LATERAL (SELECT count(*) AS number,
  array_agg(stock_id) AS stock_ids, (array_agg(image ORDER BY position))[1] AS image FROM page_content WHERE page_id = p.id) c"""


@dataclass(frozen=True)
class Figures:
    """How a page's stock stands, summed over its stocks. `capacity` None is unlimited."""

    capacity: int | None
    held: int
    sold: int

    @property
    def available(self) -> int | None:
        return None if self.capacity is None else self.capacity - self.held - self.sold


@dataclass(frozen=True)
class PageRow:
    """A page in the list."""

    id: UUID
    short_id: str
    title: str
    page_type: PageType
    zone: str
    times: PageTimes
    state: State
    contents: int
    image: str
    figures: Figures | None
    suspended: bool

    @property
    def ends_at(self) -> datetime | None:
        return end_of(self.times)


@dataclass(frozen=True)
class PageList:
    """One page of the list: its rows, its number from 1, how many pages, and how many by state."""

    rows: list[PageRow]
    page: int
    pages: int
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True)
class Transition:
    """One recorded change of state; `by` is the name of who did it, or empty."""

    from_state: str
    to_state: str
    at: datetime
    cause: str
    by: str


def _pattern(search: str) -> str:
    escaped = search.strip().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"


async def list_pages(
    group_id: UUID, now: datetime, *, search: str = "", state: str = "", page: int = 1
) -> PageList:
    """Return a page of the group's pages, newest first. Three statements; a page past the end is the last one."""
    pattern = _pattern(search)
    counts = dict.fromkeys(STATES, 0)
    for row in await fetch(
        f"SELECT {STATE} AS state, count(*) AS number FROM page p "  # noqa: S608 - own text
        "WHERE p.group_id = $2 AND p.title ILIKE $3 GROUP BY 1",
        *(now, group_id, pattern),
    ):
        counts[row["state"]] = row["number"]
    chosen = counts[state] if state in counts else sum(counts.values())
    pages = max(1, ceil(chosen / PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = await fetch(
        f"""{ROWS} WHERE p.group_id = $2 AND p.title ILIKE $3 AND ($4 = '' OR {STATE} = $4)
            ORDER BY p.created_at DESC, p.id DESC LIMIT $5 OFFSET $6""",
        *(now, group_id, pattern, state if state in STATES else "", PAGE_SIZE),
        (page - 1) * PAGE_SIZE,
    )
    return PageList(await read_rows(rows, now), page, pages, counts)


async def read_rows(rows: list[Record], now: datetime) -> list[PageRow]:
    """Read what `ROWS` selected."""
    stands = await levels({stock_id for row in rows for stock_id in _stock_ids(row)})
    return [_row(row, stands, now) for row in rows]


def _stock_ids(row: Record) -> list[UUID]:
    settings = page_types[row["type"]].settings.model_validate_json(row["settings"])
    limit = getattr(settings, "stock_limit", "none")
    if limit == "none" and not page_types[row["type"]].sells:
        return []
    found = (row["stock_ids"] or []) if limit == "item" else [row["stock_id"]]
    return [stock_id for stock_id in found if stock_id is not None]


def _row(row: Record, stands: dict[UUID, Level], now: datetime) -> PageRow:
    times = PageTimes(**{name: row[name] for name in PageTimes.__dataclass_fields__})
    state = state_at(times, now)
    counted = [stands[stock_id] for stock_id in _stock_ids(row) if stock_id in stands]
    return PageRow(
        id=row["id"],
        short_id=row["short_id"],
        title=row["title"],
        page_type=page_types[row["type"]],
        zone=row["zone"],
        times=times,
        state=state,
        contents=row["contents"],
        image=row["image"] or "",
        figures=figures_of(counted) if counted and state is not State.DRAFT else None,
        suspended=row["suspended_at"] is not None,
    )


@dataclass(frozen=True)
class SellingPage:
    """A page that sells, for choosing it."""

    id: UUID
    title: str
    state: State


async def selling_pages(
    group_id: UUID, now: datetime, keep: Collection[UUID] = (), limit: int = 200
) -> list[SellingPage]:
    """Return the group's pages that sell or will, newest first, and those in `keep` whatever became of them."""
    types = [name for name, each in page_types.items() if each.sells]
    rows = await fetch(
        f"""SELECT p.id, p.title, {STATE} AS state FROM page p WHERE p.group_id = $2 AND p.type = ANY($3::text[])
            AND ({STATE} <> 'expired' OR p.id = ANY($4::uuid[]))
            ORDER BY p.id = ANY($4::uuid[]) DESC, p.created_at DESC, p.id DESC LIMIT $5""",  # noqa: S608 - own text
        *(now, group_id, types, list(keep), limit),
    )
    return [SellingPage(row["id"], row["title"], State(row["state"])) for row in rows]


def figures_of(counted: list[Level]) -> Figures:
    """Add up the levels of one page's stocks."""
    limited = [level.capacity for level in counted if level.capacity is not None]
    return Figures(
        capacity=sum(limited) if len(limited) == len(counted) and counted else None,
        held=sum(level.held for level in counted),
        sold=sum(level.sold for level in counted),
    )


async def transitions_of(page_id: UUID) -> list[Transition]:
    """Return the recorded changes of state, newest first."""
    rows = await fetch(
        """SELECT t.from_state, t.to_state, t.at, t.cause, coalesce(u.name, '') AS by
           FROM page_transition t LEFT JOIN "user" u ON u.id = t.user_id
           WHERE t.page_id = $1 ORDER BY t.at DESC, t.id DESC LIMIT 100""",
        page_id,
    )
    return [Transition(**dict(row)) for row in rows]
