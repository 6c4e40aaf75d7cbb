"""Orders read for the console: the list with search, filters and paging, and what happened to one order."""

from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode
from uuid import UUID

from app.core.db import Record, fetch
from app.core.i18n import gettext as _
from app.core.ids import parse_id
from app.core.searching import pattern_of

PAGE_SIZE = 25
MAXIMUM_SEARCH = 200
STATES = (
    "processing",
    "submitted",
    "completed",
    "refunded",
    "partially_refunded",
    "failed",
    "expired",
    "disputed",
)

# $1 group, $2 state or '', $3 page or null, $4 pattern or ''
_MATCHES = """($3::uuid IS NULL OR o.page_id = $3) AND ($4 = '' OR o.email ILIKE $4 OR o.number ILIKE $4
  OR EXISTS (SELECT 1 FROM order_line l WHERE l.order_id = o.id AND l.title ILIKE $4))"""

PRODUCTS = """(SELECT string_agg(CASE WHEN l.quantity > 1 THEN l.quantity || ' \u00d7 ' ELSE '' END || l.title, ', ' ORDER BY l.id)
  FROM order_line l WHERE l.order_id = o.id)"""


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
class OrderListing:
    """One page of the list, and what its controls need."""

    rows: list[Record]
    filter: Filter
    page: int
    pages: int
    counts: dict[str, int]
    any: bool
    pages_filter: list[tuple[UUID, str]]

    @property
    def search(self) -> str:
        return self.filter.search

    @property
    def state(self) -> str:
        return self.filter.state

    @property
    def page_id(self) -> str:
        return str(self.filter.page_id or "")

    def state_filters(self) -> list[tuple[str, str, int]]:
        words = state_words()
        shown = [state for state in STATES if self.counts.get(state) or state == self.state]
        everything = ("", _("All"), sum(self.counts.values()))
        return [everything, *((state, words[state], self.counts.get(state, 0)) for state in shown)]

    def url(self, path: str = "", **changes: str) -> str:
        """Return the list's address (or of `path` below it) with this filter; `{page}` and `{value}` stay templates."""
        query = {"q": self.search, "state": self.state, "page_id": self.page_id, **changes}
        text = urlencode({key: value for key, value in query.items() if value}, safe="{}")
        return f"/console/orders{'/' + path if path else ''}{'?' + text if text else ''}"


def state_words() -> dict[str, str]:
    return {
        "processing": _("Processing"),
        "submitted": _("Payment under way"),
        "completed": _("Completed"),
        "failed": _("Failed"),
        "expired": _("Expired"),
        "refunded": _("Refunded"),
        "partially_refunded": _("Partly refunded"),
        "disputed": _("Disputed"),
    }


async def list_orders(group_id: UUID, narrowed: Filter, page: int) -> OrderListing:
    """Return page number `page` (the last one when there are fewer) of a group's orders, newest first."""
    counted = await fetch(
        f"""SELECT o.state, count(*) FILTER (WHERE {_MATCHES} AND $2 = $2) AS matching
            FROM "order" o WHERE o.group_id = $1 GROUP BY o.state""",  # noqa: S608 - both parts are constants of this file
        *narrowed.arguments(group_id),
    )
    counts = {row["state"]: row["matching"] for row in counted}
    total = counts.get(narrowed.state, 0) if narrowed.state else sum(counts.values())
    pages = max(1, -(-total // PAGE_SIZE))
    page = min(max(1, page), pages)
    return OrderListing(
        rows=await _rows(group_id, narrowed, page),
        filter=narrowed,
        page=page,
        pages=pages,
        counts=counts,
        any=bool(counted),
        pages_filter=await _pages(group_id),
    )


async def _rows(group_id: UUID, narrowed: Filter, page: int) -> list[Record]:
    return await fetch(
        f"""SELECT o.id, o.number, o.email, o.state, o.amount, o.currency, o.refunded_amount, o.created_at,
              coalesce(o.terms ->> 'zone', 'UTC') AS zone, {PRODUCTS} AS products
            FROM "order" o WHERE o.group_id = $1 AND ($2 = '' OR o.state = $2) AND {_MATCHES}
            ORDER BY o.created_at DESC, o.id DESC LIMIT $5 OFFSET $6""",  # noqa: S608 - both parts are constants of this file
        *narrowed.arguments(group_id),
        PAGE_SIZE,
        (page - 1) * PAGE_SIZE,
    )


async def _pages(group_id: UUID) -> list[tuple[UUID, str]]:
    rows = await fetch(
        """SELECT DISTINCT ON (page_id) page_id, coalesce(terms ->> 'title', '') AS title FROM "order"
           WHERE group_id = $1 ORDER BY page_id, created_at DESC""",
        group_id,
    )
    return sorted(
        ((row["page_id"], row["title"]) for row in rows), key=lambda item: item[1].lower()
    )


async def export_slice(
    group_id: UUID, narrowed: Filter, after: tuple[datetime, UUID] | None, limit: int
) -> list[Record]:
    """Return the next `limit` orders older than the one at `after` (its time and id), newest first."""
    return await fetch(
        f"""SELECT o.id, o.number, o.state, o.email, {PRODUCTS} AS products, o.terms ->> 'title' AS page, o.amount,
              o.refunded_amount, o.currency, o.created_at, o.completed_at, o.payment_intent, o.source,
              o.terms #>> '{{discount,name}}' AS discount_by,
              (SELECT coalesce(sum(l.reduction * l.quantity), 0)::bigint FROM order_line l WHERE l.order_id = o.id) AS discount
            FROM "order" o WHERE o.group_id = $1 AND ($2 = '' OR o.state = $2) AND {_MATCHES}
            AND ($5::timestamptz IS NULL OR (o.created_at, o.id) < ($5, $6::uuid))
            ORDER BY o.created_at DESC, o.id DESC LIMIT $7""",  # noqa: S608 - both parts are constants of this file
        *narrowed.arguments(group_id),
        after[0] if after else None,
        after[1] if after else None,
        limit,
    )
