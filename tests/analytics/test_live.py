"""The live view: exact figures of open pages, pushed when something changes, to those whose pages they are."""

import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.analytics.dashboards import dashboards
from app.analytics.watching import look
from app.core import db
from app.core.eventstream import EventStream
from app.core.live import bus, publish
from app.pages.ending import end
from app.pages.sources import Kind, Source
from tests.factories.links import sale_of
from tests.factories.orders import buy
from tests.factories.pages import make_draft, make_page
from tests.factories.registrations import make_registration
from tests.factories.types import make_event
from tests.factories.visits import visited
from tests.operations.test_budgets import AT_MOST, Counter
from tests.support.hearing import heard
from tests.support.streams import Stream

MINUTE = timedelta(minutes=1)
SHORTEST, LONGEST = 0.1, 0.4


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests look again sooner than people need to."""
    monkeypatch.setattr("app.analytics.dashboards.SHORTEST_SECONDS", SHORTEST)
    monkeypatch.setattr("app.analytics.dashboards.LONGEST_SECONDS", LONGEST)


def stream_of(owner: Any, seconds: float | None = None) -> Stream:
    return Stream(EventStream(bus, f"dashboard:{owner.viewer.group_id}", seconds))


async def test_who_is_there_what_is_left_and_what_was_bought(owner: Any, now: datetime) -> None:
    page = await make_page(owner.viewer, now=now, quantity=9, amount=2000, discount_percent=0)
    event = await make_event(owner.viewer, now=now)
    await visited(page, now, "ann", "ben", views=2)
    await visited(event, now - MINUTE, "ann", "cy")
    await visited(page, now - 6 * MINUTE, "dee")
    await visited(page, now - 40 * MINUTE, "eve")
    await visited(page, now, "fay", source=Source(Kind.FRAME, "example.org"))
    for back, state in ((5, "completed"), (70, "completed"), (0, "processing")):
        placed = await buy(sale_of(page), now, email=f"b{back}@example.com")
        at = now - back * MINUTE if state == "completed" else None
        await db.execute(
            """UPDATE "order" SET state = $2, completed_at = $3, refunded_amount = $4 WHERE id = $1""",
            *(placed.order_id, state, at, 500 if at else 0),
        )
    await make_registration(event, now)
    live = await look(owner.viewer.group_id, now)
    assert live.seen.visitors == 3, "ann is on two pages, and one visitor"
    assert live.seen.by_page == {page.id: 2, event.id: 2}
    assert sum(live.seen.by_minute) == 7
    assert live.seen.by_minute[-1] == 4
    figures = live.figures[page.id]
    assert (figures.orders, figures.revenue["EUR"].net) == (1, 1500)
    assert live.figures[event.id].signups == 1
    shown = {row.id: row.figures for row in live.pages}[page.id]
    assert shown and (shown.available, shown.held) == (6, 3)
    html = (await owner.get("/console/live")).text
    for said in (page.title, event.title, "€15.00", "Here now", 'role="img"'):
        assert said in html


async def test_only_open_pages_are_there(owner: Any, now: datetime) -> None:
    assert "No page is open now" in (await owner.get("/console/live")).text
    await make_draft(owner.viewer, now=now)
    over = await make_page(owner.viewer, now=now)
    await end(over, owner.viewer.user_id, now)
    assert (await look(owner.viewer.group_id, now)).pages == []


async def test_an_outsider_sees_their_own_pages_alone(
    owner: Any, outsider: Any, now: datetime
) -> None:
    page = await make_page(owner.viewer, now=now, title="Quite private")
    await visited(page, now, "ann")
    assert "Quite private" in (await owner.get("/console/live")).text
    assert "Quite private" not in (await outsider.get("/console/live")).text
    watcher = await stream_of(outsider).open()
    assert "No page is open now" in await watcher.next()
    await watcher.close()


async def test_a_volunteer_may_not_watch(owner: Any, app: Any, now: datetime) -> None:
    from tests.conftest import member_of
    from tests.factories.auth import make_colleague

    viewer = await make_colleague(
        owner.viewer, email="v@example.com", roles=("volunteer",), now=now
    )
    async with await member_of(app, now, viewer) as volunteer:
        for path in ("/console/live", "/console/live/stream", "/console/analytics"):
            assert (await volunteer.get(path)).status_code == 404


async def test_what_changes_is_pushed(owner: Any, now: datetime) -> None:
    page = await make_page(owner.viewer, now=now, quantity=5)
    await heard()
    watcher = await stream_of(owner).open()
    first = await watcher.next()
    assert first.startswith('<div hx-swap-oob="outerMorph" id="live-view"')
    await buy(sale_of(page), now)
    while "In baskets" not in (pushed := await watcher.next()):
        pass
    assert page.title in pushed
    await visited(page, now, "ann")
    while 'class="pulse"' not in await watcher.next():
        pass
    await watcher.close()


async def test_it_is_pushed_once_a_second_at_the_most(owner: Any, now: datetime) -> None:
    page = await make_page(owner.viewer, now=now)
    await heard()
    watcher = await stream_of(owner).open()
    await watcher.next()
    topic = f"dashboard:{owner.viewer.group_id}"
    watched = dashboards.watched[topic]
    assert watched.timer.when() == watched.rendered + LONGEST
    dashboards.heard("page:another")
    assert watched.timer.when() == watched.rendered + LONGEST
    for _change in range(3):
        dashboards.heard(page.topic)
        assert watched.timer.when() == watched.rendered + SHORTEST
    await watcher.close()
    while topic in dashboards.watched:
        await asyncio.sleep(0.1)
    assert page.topic not in dashboards.showing, "nobody watches, so nothing is looked at"


async def test_a_new_page_comes_by_itself(owner: Any, now: datetime) -> None:
    watcher = await stream_of(owner).open()
    assert "No page is open now" in await watcher.next()
    page = await make_page(owner.viewer, now=now, title="Just opened")
    await publish(page.topic)
    while "Just opened" not in await watcher.next():
        pass
    await watcher.close()


async def test_a_stream_ends_so_that_it_is_asked_for_again(owner: Any, now: datetime) -> None:
    watcher = await stream_of(owner, seconds=0.05).open()
    try:
        while True:
            await watcher.next()
    except EOFError:
        pass
    await watcher.close()


async def test_it_takes_six_statements(owner: Any, now: datetime, monkeypatch: Any) -> None:
    pages = [await make_page(owner.viewer, now=now, quantity=9) for _ in range(4)]
    for page in pages:
        await visited(page, now, "ann")
    counter = Counter(monkeypatch)
    for path in ("/console/live", f"/console/pages/{pages[0].id}/analytics"):
        counter.seen.clear()
        assert (await owner.get(path)).status_code == 200
        assert 0 < len(counter.seen) <= AT_MOST, counter.seen
