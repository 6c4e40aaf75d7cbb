"""The demo's visits: people who looked at its pages, more in the evening and at weekends, from here and there.

They come by chance, but always by the same: made again they would be the same people at the same times.
"""

import random
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from uuid import UUID, uuid5

from app.analytics.counting import count_visits
from app.demo.goods import NAMESPACE
from app.pages import counting
from app.pages.loading import PageRecord
from app.pages.sources import DIRECT, Kind, Source
from app.pages.visiting import Visit

DAYS = 14
# How much each hour of the day sees, from midnight on.
HOURS = (2, 1, 1, 0, 0, 1, 2, 4, 6, 7, 7, 8, 9, 8, 7, 7, 8, 9, 11, 13, 14, 12, 8, 4)
WEEKEND = 1.5
SOURCES = (
    (DIRECT, 38),
    (Source(Kind.SITE, "instagram.com"), 22),
    (Source(Kind.CAMPAIGN, "autumn letter"), 17),
    (Source(Kind.SITE, "duckduckgo.com"), 12),
    (Source(Kind.SITE, "uferwerk.example"), 7),
    (Source(Kind.FRAME, "uferwerk.example"), 4),
)
Weighted = Sequence[tuple[Source, int]]


async def look_around(page: PageRecord, daily: int, begin: datetime, end: datetime) -> None:
    """Let about `daily` people a day have looked at a page."""
    await count_visits(list(_visits(page, SOURCES, daily, begin, end)))


async def come_by_link(
    page: PageRecord, source: str, daily: int, begin: datetime, end: datetime
) -> None:
    """Let about so many a day have come by a share link."""
    seen = list(_visits(page, ((Source(Kind.LINK, source), 1),), daily, begin, end))
    await count_visits(seen)
    await counting.count_visits(seen)


def _visits(
    page: PageRecord, sources: Weighted, daily: int, begin: datetime, end: datetime
) -> Iterator[Visit]:
    names, weights = zip(*sources, strict=True)
    chance = random.Random(f"{page.id}/{names[0]}")  # noqa: S311 - people, not secrets
    hour = timedelta(hours=1)
    for number in range(int((end - begin) / hour) + 1):
        at = begin + number * hour
        much = daily * HOURS[at.hour] / sum(HOURS) * (WEEKEND if at.weekday() >= 5 else 1)
        for place in range(int(much + chance.random())):
            moment = at + hour * chance.random()
            (source,) = chance.choices(names, weights)
            who = _visitor(page, f"{source}/{number}/{place}")
            if moment < end:
                yield Visit(page.id, moment, who, source, chance.choice((1, 1, 1, 2)))


def _visitor(page: PageRecord, name: str) -> UUID:
    return uuid5(NAMESPACE, f"passer-by/{page.id}/{name}")
