"""Share links as the console lists them, with what came of each.

Visits are counted here. What was bought and who signed up, the modules above know: they say it through `tell_takings`.
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.pages.arriving import LINK_COLUMNS, LINKS, Link, Standing, read_link, read_uses
from app.pages.loading import PageRecord
from app.pages.sharing import url_of
from app.stock.levels import Level


@dataclass(frozen=True)
class Takings:
    """What came of a link: started checkouts, paid orders, sign-ups; `revenue` after refunds, in minor units by currency."""

    checkouts: int = 0
    orders: int = 0
    registrations: int = 0
    revenue: Mapping[str, int] = field(default_factory=dict[str, int])

    def __add__(self, other: "Takings") -> "Takings":
        revenue = dict(self.revenue)
        for currency, amount in other.revenue.items():
            revenue[currency] = revenue.get(currency, 0) + amount
        return Takings(
            self.checkouts + other.checkouts,
            self.orders + other.orders,
            self.registrations + other.registrations,
            revenue,
        )


TakingsOf = Callable[[Sequence[UUID]], Awaitable[Mapping[UUID, Takings]]]
_tellers: list[TakingsOf] = []


def tell_takings(teller: TakingsOf) -> None:
    """Let `teller` say what came of links, by their ids; `main.py` registers those of the modules above."""
    if teller not in _tellers:
        _tellers.append(teller)


@dataclass(frozen=True)
class ShareLink:
    """A link with its figures. `uses` is how its stock stands, None without a limit; `visitors` counts each once a day."""

    link: Link
    url: str
    uses: Level | None
    standing: Standing
    views: int
    visitors: int
    takings: Takings


async def links_of(page: PageRecord, now: datetime) -> list[ShareLink]:
    """Return the page's share links, oldest first: one statement, and one for each module that tells of them."""
    return await _listed(page, "true", now)


async def link_of(page: PageRecord, link_id: UUID, now: datetime) -> ShareLink:
    """Return one of the page's share links. Raises NotFound."""
    found = await _listed(page, "l.id = $2", now, link_id)
    if not found:
        raise NotFound
    return found[0]


async def _listed(
    page: PageRecord, condition: str, now: datetime, *arguments: object
) -> list[ShareLink]:
    rows = await db.fetch(
        f"SELECT {LINK_COLUMNS}, l.views, l.visitors FROM {LINKS} WHERE l.page_id = $1 AND {condition} "  # noqa: S608 - own constants
        "ORDER BY l.created_at, l.id",
        page.id,
        *arguments,
    )
    takings = await _takings([row["id"] for row in rows])
    return [_read(page, row, takings[row["id"]], now) for row in rows]


async def _takings(link_ids: Sequence[UUID]) -> dict[UUID, Takings]:
    found = dict.fromkeys(link_ids, Takings())
    for teller in _tellers if link_ids else ():
        for link_id, takings in (await teller(link_ids)).items():
            found[link_id] += takings
    return found


def _read(page: PageRecord, row: db.Record, takings: Takings, now: datetime) -> ShareLink:
    link, uses = read_link(row), read_uses(row)
    return ShareLink(
        link=link,
        url=url_of(page, link),
        uses=uses,
        standing=link.standing(uses, now),
        views=row["views"],
        visitors=row["visitors"],
        takings=takings,
    )
