"""Live updates: rendered once, small while a page sells, whole when it becomes something else; jobs tell it once."""

import asyncio
from datetime import timedelta
from typing import Any

from app.core import db
from app.core.ids import new_id
from app.core.live import bus
from app.pages import announcing, changing, ending, extending, loading, publishing
from app.pages.lifecycle import State
from app.pages.streaming import event_stream, updates
from app.stock.holding import buy
from tests.factories.pages import make_page
from tests.factories.products import make_product
from tests.support.streams import Stream

MINUTE = timedelta(minutes=1)


async def until(stream: Stream, words: str) -> str:
    """Return the first message that says `words`; what tells earlier changes may still come before it."""
    for _message in range(5):
        if words in (text := await stream.next()):
            return text
    raise AssertionError(f"Nobody said {words!r}.")


async def test_a_new_connection_hears_the_clock_and_the_present_state(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    stream = await Stream(event_stream(page.id)).open()
    first = await stream.next_event()
    assert first.name == "clock" and first.retry and int(str(first.data)) > 0
    text = await stream.next()
    assert 'hx-swap-oob="outerMorph"' in text and 'id="stage"' in text
    await stream.close()


async def test_stock_is_pushed_in_small_and_never_touches_the_form(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    stream = await Stream(event_stream(page.id)).open()
    await stream.next()
    assert page.stock_id
    await buy({page.stock_id: 1}, hold_id=new_id(), topic=page.topic, buyer_key="a", now=now)
    text = await until(stream, "9 left")
    assert "<input" not in text and 'id="page-main"' not in text
    assert len(text) < 6000
    await stream.close()


async def test_an_end_is_pushed_whole_and_closes_the_connection(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    stream = await Stream(event_stream(page.id)).open()
    await stream.next()
    await ending.end(page, owner.viewer.user_id, now)
    text = await until(stream, "This sale has ended")
    assert 'id="page-main"' in text
    assert '<i id="live" hx-swap-oob="true"' in text
    await stream.close()


async def test_watchers_share_one_rendering(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    streams = [await Stream(event_stream(page.id)).open() for _ in range(20)]
    await asyncio.gather(*(stream.next() for stream in streams))
    before = bus.renders
    await extending.extend(page, now + timedelta(hours=5), owner.viewer.user_id, now)
    texts = await asyncio.gather(*(until(stream, "End moved from") for stream in streams))
    # Twice at most: the page's own publication may still have been on its way.
    assert len(set(texts)) == 1 and bus.renders <= before + 2
    for stream in streams:
        await stream.close()


async def test_time_alone_wakes_the_browsers_without_any_job(owner: Any, app: Any) -> None:
    from app.core.clock import use_clock, utc_now
    from tests.support.moments import running_clock

    use_clock(running_clock())
    page = await make_page(
        owner.viewer, now=utc_now(), expires_at=utc_now() + timedelta(seconds=0.6)
    )
    stream = await Stream(event_stream(page.id)).open()
    await until(stream, "This sale has ended")
    assert page.state(utc_now()) is State.EXPIRED, "never before its time"
    await stream.close()


async def test_a_launch_and_an_end_are_recorded_once_whoever_tells_them(
    owner: Any, clock: Any, run_jobs: Any
) -> None:
    now = clock.now()
    page = await make_page(
        owner.viewer, now=now, launch_at=now + MINUTE, expires_at=now + 3 * MINUTE
    )
    clock.advance(MINUTE)
    await run_jobs()
    await announcing.announce(page.id, clock.now())
    clock.advance(5 * MINUTE)
    await run_jobs()
    for _time in range(3):
        await announcing.announce(page.id, clock.now())
    assert await announcing.announce_missed(clock.now()) == 0
    rows = await db.fetch(
        "SELECT to_state, at, cause FROM page_transition WHERE page_id = $1 ORDER BY at, id",
        page.id,
    )
    assert [tuple(row) for row in rows] == [
        ("scheduled", now, "hand"),
        ("active", now + MINUTE, "time"),
        ("expired", now + 3 * MINUTE, "time"),
    ]


async def test_an_extended_page_is_announced_at_its_new_end(
    owner: Any, clock: Any, run_jobs: Any
) -> None:
    now = clock.now()
    page = await make_page(owner.viewer, now=now, expires_at=now + MINUTE)
    await extending.extend(page, now + 5 * MINUTE, owner.viewer.user_id, now)
    clock.advance(2 * MINUTE)
    await run_jobs()
    sql = "SELECT count(*) FROM page_transition WHERE page_id = $1 AND to_state = 'expired'"
    assert await db.fetch_value(sql, page.id) == 0
    clock.advance(4 * MINUTE)
    await run_jobs()
    assert await db.fetch_value(sql, page.id) == 1


async def test_missed_announcements_are_found(owner: Any, clock: Any) -> None:
    page = await make_page(owner.viewer, now=clock.now(), expires_at=clock.now() + MINUTE)
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(2 * MINUTE)
    assert await announcing.announce_missed(clock.now()) == 1
    assert page.state(clock.now()) is State.EXPIRED


async def test_two_hands_at_once_one_wins(owner: Any, now: Any) -> None:
    from app.core.errors import Conflict

    page = await make_page(owner.viewer, now=now)
    tries = [ending.end(page, owner.viewer.user_id, now + timedelta(seconds=n)) for n in range(5)]
    results = await asyncio.gather(*tries, return_exceptions=True)
    assert sum(result is None for result in results) == 1
    assert all(result is None or isinstance(result, Conflict) for result in results)


async def test_the_last_piece_of_each_item_retires_the_page(owner: Any, now: Any) -> None:
    from app.pages.selling import retire_if_sold_out

    products = [await make_product(owner.viewer, now=now) for _ in range(2)]
    page = await make_page(owner.viewer, now=now, products=products, per_item=[1, 1])
    for content in page.contents:
        assert content.stock_id
        assert not await retire_if_sold_out(page.id, now)
        await buy({content.stock_id: 1}, hold_id=new_id(), topic=page.topic, buyer_key="a", now=now)
    assert await ending.retire_sold_out(now) == 1
    stored = await loading.by_id(page.id)
    assert stored.ended_cause == "limit" and stored.state(now) is State.EXPIRED
    assert await ending.retire_sold_out(now) == 0


async def test_pages_follow_their_product_but_not_its_price(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now, amount=2000)
    product_id = page.contents[0].product_id
    await db.execute("UPDATE product SET name = 'Renamed', amount = 1 WHERE id = $1", product_id)
    await changing.follow_product(product_id, now)
    stored = await loading.by_id(page.id)
    assert (stored.contents[0].title, stored.contents[0].amount) == ("Renamed", 2000)
    assert stored.version > page.version


async def test_a_page_taken_back_says_so_to_open_browsers(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now, launch_at=now + MINUTE)
    stream = await Stream(event_stream(page.id)).open()
    await stream.next()
    await publishing.unschedule(page, owner.viewer.user_id, now)
    await until(stream, "Not available right now")
    await stream.close()
    assert page.topic not in updates.stages
