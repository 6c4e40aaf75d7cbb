"""A group's pages just now: who is on them, what is left, what was bought in the last hour."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from app.analytics.figures import Figures
from app.analytics.queries import Now, seen_now
from app.orders.figures import NewOrder, newest_orders
from app.pages.queries import PageRow
from app.pages.running import running_pages
from app.registrations.figures import signed_up_since

# Whoever looked at a page in this time is taken to be on it still.
PRESENT = timedelta(minutes=5)
RECENT = timedelta(hours=1)
MINUTES = 30
# Of each page.
NEWEST = 5


@dataclass
class Live:
    """How things stand at `at`. `minutes` are the beginnings of those that `seen` has views of; `figures` what came of
    each page in the last hour."""

    at: datetime
    pages: list[PageRow]
    seen: Now
    minutes: list[datetime]
    orders: list[NewOrder]
    figures: dict[UUID, Figures] = field(default_factory=dict[UUID, Figures])

    @property
    def newest(self) -> list[NewOrder]:
        return self.orders[:NEWEST]

    def title_of(self, page_id: UUID) -> str:
        return next(page.title for page in self.pages if page.id == page_id)


async def look(group_id: UUID, now: datetime) -> Live:
    """Return a group's open pages as they stand at `now`. Five statements."""
    pages = await running_pages(group_id, now)
    ids = [page.id for page in pages]
    last = now.replace(second=0, microsecond=0)
    minutes = [last - timedelta(minutes=back) for back in range(MINUTES - 1, -1, -1)]
    seen = await seen_now(ids, now - PRESENT, minutes)
    orders = await newest_orders(ids, now - RECENT, NEWEST)
    live = Live(now, pages, seen, minutes, orders, {page_id: Figures() for page_id in ids})
    for order in orders:
        known = live.figures[order.page_id]
        known.orders = order.together
        if order.currency not in known.revenue:
            known.take(order.currency, order.taken, 0)
    for page_id, signups in (await signed_up_since(ids, now - RECENT)).items():
        live.figures[page_id].signups = signups
    return live
