"""A report: what pages were seen and what came of it, in a period, by time, by page and by source. Three statements."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from uuid import UUID

from app.analytics.figures import Figures
from app.analytics.periods import Period
from app.analytics.queries import Seen, seen_by
from app.orders.figures import Sold, sold_by
from app.pages.overview import PageBrief
from app.pages.sources import Kind, Source
from app.registrations.figures import SignedUp, signed_up_by

Row = Seen | Sold | SignedUp


@dataclass
class Report:
    """The figures of `pages`. `previous` are those of the time before the period, as long; `by_time` has one for each of
    its parts.

    A visitor counts once a day on each page, under the source of the day's first visit. So the visitors of all sources add
    up to those of the report. An order counts under the share link that its checkout carried. What came by no share link
    has visits by source, and `unlinked` what came of them: nothing ties an order to a visit but the link."""

    period: Period
    pages: Sequence[PageBrief]
    previous: Figures = field(default_factory=Figures)
    by_time: list[Figures] = field(default_factory=list[Figures])
    by_page: dict[UUID, Figures] = field(default_factory=dict[UUID, Figures])
    by_source: dict[Source, Figures] = field(default_factory=dict[Source, Figures])
    unlinked: Figures = field(default_factory=Figures)

    @property
    def total(self) -> Figures:
        return added(self.by_time)

    def of_sellers(self, *, sells: bool) -> Figures:
        """Return the figures of the pages that sell, or of those that take sign-ups."""
        known = {page.id for page in self.pages if page.sells is sells}
        return added(figures for page_id, figures in self.by_page.items() if page_id in known)

    def ranked_pages(self) -> list[tuple[PageBrief, Figures]]:
        """Return the pages that anything came of, the best first."""
        found = [(page, self.by_page[page.id]) for page in self.pages if page.id in self.by_page]
        return sorted(found, key=lambda pair: (-pair[1].gained, -pair[1].visitors))

    def links(self) -> list[tuple[Source, Figures]]:
        """Return the share links, the best first."""
        return _ranked(self.by_source, (Kind.LINK,))

    @property
    def all_by_links(self) -> bool:
        """Whether visitors came, and nobody visited or bought anything without a share link."""
        return bool(self.total.visitors) and self.unlinked.empty

    def others(self) -> list[tuple[Source, Figures]]:
        """Return where visitors came from without a link, the most first, and the frames that showed the pages."""
        return _ranked(self.by_source, (Kind.CAMPAIGN, Kind.SITE, Kind.DIRECT, Kind.FRAME))


async def make_report(pages: Sequence[PageBrief], period: Period) -> Report:
    """Return the report of pages whose group the caller has checked."""
    ids, edges = [page.id for page in pages], period.edges
    report = Report(period, pages, by_time=[Figures() for _part in period.parts])
    for rows in (
        await seen_by(ids, period.before, edges),
        await sold_by(ids, period.before, edges),
        await signed_up_by(ids, period.before, edges),
    ):
        for row in rows:
            _place(report, row)
    return report


def _place(report: Report, row: Row) -> None:
    """Add a row to what it belongs to."""
    if row.bucket is not None:
        add(report.by_time[row.bucket - 1] if row.bucket else report.previous, row)
    elif row.past:
        return
    elif row.page_id is not None:
        add(report.by_page.setdefault(row.page_id, Figures()), row)
    elif isinstance(row, Seen):
        source = Source(Kind(row.kind or Kind.DIRECT), row.source or "")
        figures = report.by_source.setdefault(source, Figures())
        add(figures, row)
        if source.kind not in (Kind.LINK, Kind.FRAME):
            add(report.unlinked, row)
    elif row.source:
        add(report.by_source.setdefault(Source(Kind.LINK, row.source), Figures()), row)
    else:
        add(report.unlinked, row)


def add(figures: Figures, row: Row) -> None:
    """Add a row to figures."""
    match row:
        case Seen():
            figures.views += row.views
            figures.visitors += row.visitors
            figures.shown += row.shown
        case Sold():
            figures.checkouts += row.checkouts
            figures.orders += row.orders
            figures.free += row.free
            if row.orders:
                figures.take(row.currency, row.gross, row.refunded)
        case SignedUp():
            figures.signups += row.signups


def added(many: Iterable[Figures]) -> Figures:
    """Return the sum of figures."""
    total = Figures()
    for each in many:
        for name in ("views", "visitors", "checkouts", "orders", "free", "signups", "shown"):
            setattr(total, name, getattr(total, name) + getattr(each, name))
        for currency, takings in each.revenue.items():
            total.take(currency, takings.gross, takings.refunded)
    return total


def _ranked(
    by_source: dict[Source, Figures], kinds: tuple[Kind, ...]
) -> list[tuple[Source, Figures]]:
    found = [(source, figures) for source, figures in by_source.items() if source.kind in kinds]
    return sorted(
        found, key=lambda pair: (-pair[1].gained, -pair[1].visitors, -pair[1].shown, pair[0].name)
    )
