"""Codes read for the console: the list with search, states and paging, and one code with its figures."""

from dataclasses import dataclass
from datetime import datetime
from math import ceil
from uuid import UUID

from app.core.db import Record, fetch, fetch_one
from app.core.errors import NotFound
from app.stock.codes.finding import COLUMNS, code_of
from app.stock.codes.standing import Code, Standing
from app.stock.levels import Level

PAGE_SIZE = 20

# Code.standing in SQL. $1 is the present moment.
STANDING = """
CASE WHEN NOT c.active THEN 'off'
     WHEN c.valid_until <= $1 THEN 'over'
     WHEN $1 < c.valid_from THEN 'soon'
     WHEN s.capacity IS NULL OR s.held + s.sold < s.capacity THEN 'good'
     WHEN s.held > 0 THEN 'held'
     ELSE 'gone' END
"""
# What the list can be narrowed to.
FILTERS: dict[str, tuple[Standing, ...]] = {
    "good": (Standing.GOOD, Standing.HELD),
    "soon": (Standing.SOON,),
    "over": (Standing.OVER, Standing.GONE),
    "off": (Standing.OFF,),
}
_SELECT = f"""
SELECT {COLUMNS}, s.capacity, s.held, s.sold, c.created_at, c.updated_at,
  ARRAY(SELECT p.page_id FROM discount_code_page p WHERE p.code_id = c.id) AS pages
FROM discount_code c JOIN stock s ON s.id = c.stock_id
"""  # noqa: S608 - own columns


@dataclass(frozen=True)
class CodeRow:
    """A code with its uses: `level.sold` are taken, `level.held` lie in open baskets."""

    code: Code
    level: Level
    standing: Standing
    pages: frozenset[UUID]
    updated_at: datetime


@dataclass(frozen=True)
class CodeList:
    """One page of the list: its rows, its number from 1, how many pages, and how many by filter."""

    rows: list[CodeRow]
    page: int
    pages: int
    counts: dict[str, int]

    @property
    def total(self) -> int:
        return sum(self.counts.values())


async def list_codes(
    group_id: UUID, now: datetime, *, search: str = "", state: str = "", page: int = 1
) -> CodeList:
    """Return a page of the group's codes, newest first. Two statements; a page past the end is the last one."""
    pattern = _pattern(search)
    counts = dict.fromkeys(FILTERS, 0)
    for row in await fetch(
        f"SELECT {STANDING} AS standing, count(*) AS number FROM discount_code c JOIN stock s ON s.id = c.stock_id "  # noqa: S608 - own text
        "WHERE c.group_id = $2 AND c.code LIKE $3 GROUP BY 1",
        *(now, group_id, pattern),
    ):
        counts[filter_of(row["standing"])] += row["number"]
    chosen = counts[state] if state in counts else sum(counts.values())
    pages = max(1, ceil(chosen / PAGE_SIZE))
    page = min(max(page, 1), pages)
    rows = await fetch(
        f"""{_SELECT} WHERE c.group_id = $2 AND c.code LIKE $3 AND ($4::text[] = '{{}}' OR {STANDING} = ANY($4))
            ORDER BY c.created_at DESC, c.id DESC LIMIT $5 OFFSET $6""",
        *(now, group_id, pattern, list(FILTERS.get(state, ()))),
        *(PAGE_SIZE, (page - 1) * PAGE_SIZE),
    )
    return CodeList([_row(row, now) for row in rows], page, pages, counts)


async def code_of_group(code_id: UUID, group_id: UUID, now: datetime) -> CodeRow:
    """Return a code that a viewer's group owns. Raises NotFound for any other."""
    row = await fetch_one(f"{_SELECT} WHERE c.id = $1 AND c.group_id = $2", code_id, group_id)
    if row is None:
        raise NotFound
    return _row(row, now)


def filter_of(standing: str) -> str:
    """Return the filter that shows codes of a standing."""
    return next(name for name, shown in FILTERS.items() if standing in shown)


def _row(row: Record, now: datetime) -> CodeRow:
    code = code_of(row)
    level = Level(row["capacity"], row["held"], row["sold"], None)
    pages = frozenset[UUID](row["pages"])
    return CodeRow(code, level, code.standing(level, now), pages, row["updated_at"])


def _pattern(search: str) -> str:
    escaped = search.strip().upper().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")
    return f"%{escaped}%"
