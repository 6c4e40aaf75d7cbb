"""Visits added up: exact whoever counts beside, and forgotten when their time is over."""

import asyncio
from datetime import timedelta
from typing import Any

import asyncpg
import pytest

from app.analytics.counting import count_visits
from app.analytics.forgetting import VISITS, forget_seen
from app.core import db
from app.core.partitions import ensure_partitions
from app.pages.link_figures import links_of
from app.pages.sources import DIRECT, Kind, Source
from app.pages.visiting import Visits
from app.pages.visitors import recognize, visits
from tests.factories.links import share
from tests.factories.pages import make_page
from tests.factories.visits import BROWSER, PHONE, asked, visit, visited

DAY, HOUR = timedelta(days=1), timedelta(hours=1)
VIP = Source(Kind.LINK, "vip")


async def summed() -> tuple[int, int, int]:
    """Return all views, visitors and arrivals."""
    row = await db.fetch_one(
        "SELECT sum(views) AS v, sum(visitors) AS p, sum(arrivals) AS a FROM visit_count"
    )
    assert row
    return row["v"] or 0, row["p"] or 0, row["a"] or 0


async def test_a_visitor_counts_once_a_day(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    await visited(page, now, "ann", "ben", views=3)
    await visited(page, now, "ann")
    assert await summed() == (7, 2, 2)
    await visited(page, now, "ann", source=VIP)
    assert await summed() == (8, 2, 3), "another source has another visitor, the page has not"
    await visited(page, now + DAY, "ann")
    assert await summed() == (9, 3, 4)


async def test_each_page_has_its_own(owner: Any, now: Any) -> None:
    for page in (await make_page(owner.viewer, now=now), await make_page(owner.viewer, now=now)):
        await visited(page, now, "ann", source=Source(Kind.FRAME, "example.org"))
        await visited(page, now, "ann")
    assert await summed() == (4, 2, 4), "who saw a frame was not on the page yet"


async def test_quarters_of_hours_are_told_apart(owner: Any, now: Any) -> None:
    page, hour = await make_page(owner.viewer, now=now), now.replace(minute=0, second=0)
    minutes = (0, 14, 15, 59)
    await count_visits([visit(page, hour + timedelta(minutes=minute), "ann") for minute in minutes])
    rows = await db.fetch("SELECT at, views, visitors FROM visit_count ORDER BY at")
    assert [(row["at"] - hour, row["views"], row["visitors"]) for row in rows] == [
        (timedelta(), 2, 1),
        (timedelta(minutes=15), 1, 0),
        (timedelta(minutes=45), 1, 0),
    ]


async def test_processes_count_side_by_side_and_nobody_twice(owner: Any, now: Any) -> None:
    pages = [await make_page(owner.viewer, now=now) for _ in range(3)]
    seen = [visit(page, now, f"who-{number}") for page in pages for number in range(40)]
    batches = [seen, seen[::-1], seen[20:], seen[:60]]
    await asyncio.gather(*(count_visits(batch) for batch in batches))
    assert await summed() == (sum(map(len, batches)), 120, 120)
    assert await db.fetch_value("SELECT sum(views) FROM visit") == sum(map(len, batches))


async def test_share_links_say_the_same(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    url = (await share(page, now)).url
    for headers in (BROWSER, PHONE, BROWSER):
        await client.get(url, headers=headers)
    await client.get(f"/p/{page.short_id}", headers=PHONE)
    await visits.flush()
    row = await db.fetch_one(
        "SELECT sum(views) AS views, sum(arrivals) AS visitors FROM visit_count WHERE kind = 'link'"
    )
    (link,) = await links_of(page, now)
    assert row and (link.views, link.visitors) == (row["views"], row["visitors"]) == (3, 2)
    assert await summed() == (4, 2, 3)


async def test_nothing_is_lost_while_the_database_is_away(
    owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_page(owner.viewer, now=now)
    looks = Visits(recognize)
    looks.hand_to(count_visits)
    looks.look(page, asked(BROWSER), now)
    with monkeypatch.context() as outage:
        outage.setattr("app.analytics.counting.db.transaction", _away)
        await looks.flush()
        looks.look(page, asked(PHONE), now)
        await looks.flush()
    assert await summed() == (0, 0, 0)
    await looks.flush()
    assert await summed() == (2, 2, 2)
    assert looks.timer
    looks.timer.cancel()


def _away() -> Any:
    raise asyncpg.CannotConnectNowError


async def test_nothing_that_is_kept_tells_of_a_browser(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    looks = Visits(recognize)
    looks.look(page, asked({**BROWSER, "Referer": "https://example.org/private?of=ann"}), now)
    assert looks.timer
    looks.timer.cancel()
    await count_visits(await recognize(looks.seen))
    kept = [
        str(dict(row))
        for table in ("visit", "visit_count", "visit_seen")
        for row in await db.fetch(f"SELECT * FROM {table}")
    ]
    for private in ("203.0.113", "Firefox", "private", "ann"):
        assert not any(private in row for row in kept)


async def test_visits_are_forgotten_and_their_sums_stay(owner: Any, now: Any) -> None:
    await ensure_partitions(now)
    page = await make_page(owner.viewer, now=now)
    await visited(page, now - 40 * DAY, "ann", "ben")
    await visited(page, now, "ann")
    before = now - 30 * DAY
    (visits_kept,) = VISITS
    assert await visits_kept.count(before) == 2
    assert await visits_kept.run(before) == 2
    assert await visits_kept.count(now + HOUR) == 1
    assert (await summed())[0] == 3
    assert await forget_seen(now) == 4
    await visited(page, now, "ann")
    assert await summed() == (4, 3, 3)


async def test_nobody_came(app: Any) -> None:
    await count_visits([])
    assert await summed() == (0, 0, 0) and DIRECT.name == ""
