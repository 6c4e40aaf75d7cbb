"""A report as CSV, told apart by everything at once: page by page, readable by spreadsheets, and never a formula."""

from collections.abc import AsyncIterator, Sequence
from datetime import datetime
from functools import partial
from zoneinfo import ZoneInfo

from app.analytics.figures import Figures, Takings
from app.analytics.periods import Period
from app.analytics.queries import Seen, seen_by
from app.analytics.reporting import Row, add
from app.core.money import format_amount_input
from app.core.replica import replica
from app.core.spreadsheets import BOM, csv_text, safe_cell
from app.orders.figures import Sold, sold_by
from app.pages.overview import PageBrief
from app.pages.sources import Kind
from app.registrations.figures import signed_up_by

COLUMNS = (
    "from",
    "to",
    "page",
    "source_kind",
    "source",
    "views",
    "visitors",
    "shown_in_frames",
    "sign_ups",
    "checkouts",
    "orders",
    "free_orders",
    "currency",
    "revenue",
    "refunded",
)

# A part of the period, the kind of source, its name, the currency of orders.
Place = tuple[int, str, str, str]


async def export_report(pages: Sequence[PageBrief], period: Period) -> AsyncIterator[str]:
    """Yield the CSV of a report, header included. Visitors are told by the source of the day's first visit. What came of visits by no share link has
    neither kind nor source.

    Times are ISO 8601 in the period's zone; amounts are in major units with a point, one line for each currency.
    """
    yield BOM + csv_text([COLUMNS])
    for page in pages:
        found = await replica.read(partial(_figures, page, period))
        if found:
            yield csv_text([_cells(page, period, place, found[place]) for place in sorted(found)])


async def _figures(page: PageBrief, period: Period) -> dict[Place, Figures]:
    rows: list[Row] = [
        *await seen_by([page.id], period.start, period.edges, each=True),
        *await sold_by([page.id], period.start, period.edges, each=True),
        *await signed_up_by([page.id], period.start, period.edges, each=True),
    ]
    found: dict[Place, Figures] = {}
    for row in rows:
        figures = found.setdefault(_place(row), Figures())
        add(figures, row)
    return found


def _place(row: Row) -> Place:
    source = row.source or ""
    kind = (row.kind if isinstance(row, Seen) else source and Kind.LINK.value) or ""
    return row.bucket or 0, kind, source, row.currency if isinstance(row, Sold) else ""


def _cells(page: PageBrief, period: Period, place: Place, figures: Figures) -> tuple[str, ...]:
    bucket, kind, source, currency = place
    start, end = period.parts[bucket - 1]
    takings = figures.revenue.get(currency, Takings())
    counts = (
        *(figures.views, figures.visitors, figures.shown, figures.signups),
        *(figures.checkouts, figures.orders, figures.free),
    )
    return (
        _moment(start, period),
        _moment(end, period),
        safe_cell(page.title),
        kind,
        safe_cell(source),
        *map(str, counts),
        currency,
        format_amount_input(takings.net, currency) if currency else "",
        format_amount_input(takings.refunded, currency) if currency else "",
    )


def _moment(moment: datetime, period: Period) -> str:
    return moment.astimezone(ZoneInfo(period.zone)).isoformat(timespec="minutes")
