"""Arriving by a share link: what it gives at a moment, to whom, and that each visit is counted."""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

import asyncpg
import pytest

from app.core import db
from app.core.errors import BadSignature, Conflict
from app.core.settings import get_settings
from app.core.signing import sign_url
from app.pages import arriving, publishing, sharing
from app.pages.arriving import Standing, arrival, read_query
from app.pages.counting import count_visits, forget_visitors
from app.pages.link_figures import links_of
from app.pages.loading import PageRecord
from app.pages.public import cache
from app.pages.sharing import Terms, make_link
from app.pages.sources import DIRECT, Kind, Source
from app.pages.streaming import event_stream
from app.pages.visiting import Visit, Visits
from app.pages.visitors import recognize, visits
from app.stock import holding
from tests.factories.links import share
from tests.factories.pages import make_draft, make_page
from tests.factories.types import make_countdown
from tests.factories.visits import BROWSER, PHONE, asked
from tests.support.hearing import heard
from tests.support.streams import Stream

HOUR = timedelta(hours=1)
MINUTE = timedelta(minutes=1)
ROBOT = "Mozilla/5.0 (compatible; Exampledbot/2.1; +http://www.example.com/bot.html)"


async def scheduled(owner: Any, now: datetime, **options: Any) -> PageRecord:
    return await make_page(
        owner.viewer, now=now, launch_at=now + HOUR, expires_at=now + 3 * HOUR, **options
    )


def phase(html: str) -> str:
    found = re.search(r'data-stage="([a-z-]+)-', html)
    assert found
    return found[1]


async def test_the_address_carries_what_the_link_gives_and_a_changed_one_is_refused(
    owner: Any, client: Any, now: Any
) -> None:
    page = await scheduled(owner, now)
    until = now + 2 * HOUR
    given = await share(page, now, early_minutes=60, discount_percent=10, use_before=until)
    for said in ("source=vip", "early=60", "discount=10", f"before={int(until.timestamp())}"):
        assert said in given.url
    assert (await client.get(given.url)).status_code == 200
    changes = {"vip": "v1p", "early=60": "early=600", "discount=10": "discount=90", "ts=": "ts=1"}
    for was, becomes in changes.items():
        assert (await client.get(given.url.replace(was, becomes))).status_code == 403
    for also in ("&source=vip", "&discount=90", "&amp;discount=90"):
        assert (await client.get(given.url + also)).status_code == 403
    meant = (await client.get(given.url)).text
    for also in ("&utm_source=x", "&fbclid=1&gclid=2", "."):
        assert (await client.get(given.url + also)).text == meant
    address, _question, query = given.url.partition("?")
    for part in ("live", "fragments", "embed"):
        assert (await client.get(f"{address}/{part}?{query}&early=99")).status_code == 403
    for good in (query, f"{query}&fbclid=1", query.replace("&", "&amp;"), f"{query})."):
        assert read_query(page.short_id, good, now) == "vip"
    for wrong in (query.replace("10", "90"), f"{query}&source=vip", "source=vip", "x" * 9000):
        with pytest.raises(BadSignature):
            read_query(page.short_id, wrong, now)


async def test_a_rotated_key_still_reads_what_it_signed(
    owner: Any, client: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_page(owner.viewer, now=now)
    before = (await share(page, now)).url
    old = get_settings().secret_keys
    monkeypatch.setattr(get_settings(), "secret_keys", ["a-newer-key-of-thirty-two-letters", *old])
    after = (await links_of(page, now))[0].url
    assert after != before
    assert [(await client.get(url)).status_code for url in (before, after)] == [200, 200]
    monkeypatch.setattr(get_settings(), "secret_keys", ["a-newer-key-of-thirty-two-letters"])
    assert [(await client.get(url)).status_code for url in (before, after)] == [403, 200]


async def test_a_page_opens_early_for_who_has_the_link_and_for_nobody_else(
    owner: Any, client: Any, clock: Any
) -> None:
    now = clock.now()
    page = await scheduled(owner, now)
    given = await share(page, now, early_minutes=30)
    html = (await client.get(given.url)).text
    assert phase(html) == "scheduled" and "Opens for you in" in html and "You come in early" in html
    assert f'data-deadline-ms="{int((now + HOUR / 2).timestamp() * 1000)}"' in html
    clock.advance(30 * MINUTE)
    html = (await client.get(given.url)).text
    assert phase(html) == "selling" and "You are early" in html and 'id="checkout"' in html
    plain = (await client.get(f"/p/{page.short_id}")).text
    assert phase(plain) == "scheduled" and 'id="arrival"' not in plain
    other = (await client.get((await share(page, now, "news")).url)).text
    assert phase(other) == "scheduled" and "early" not in other
    clock.advance(30 * MINUTE)
    html = (await client.get(given.url)).text
    assert phase(html) == "selling" and "You are early" not in html


async def test_its_discount_is_shown_to_who_has_it_until_it_is_over(
    owner: Any, client: Any, clock: Any
) -> None:
    now = clock.now()
    page = await make_page(owner.viewer, now=now, amount=2000, expires_at=now + 3 * HOUR)
    given = await share(page, now, discount_percent=20, use_before=now + HOUR)
    html = (await client.get(given.url)).text
    assert "€12.00" in html and "40 % off for you" in html
    assert "€12.00" not in (await client.get(f"/p/{page.short_id}")).text
    clock.advance(HOUR)
    html = (await client.get(given.url)).text
    assert "€15.00" in html and "€12.00" not in html and "offer has ended" in html


async def test_a_link_is_stopped_and_goes_on(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    given = await share(page, now, discount_percent=20)
    await client.get(given.url)
    await sharing.stop(page, given.link.id, owner.viewer.user_id, now)
    await heard()
    assert "offer has ended" in (await client.get(given.url)).text
    await sharing.resume(page, given.link.id)
    await heard()
    assert "40 % off for you" in (await client.get(given.url)).text


async def test_uses_are_counted_down_and_in_use_is_not_used_up(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    given = await share(page, now, discount_percent=20, uses=1)
    stock_id = given.link.stock_id
    assert stock_id and given.uses and given.uses.available == 1
    hold_id = given.link.id
    terms: dict[str, Any] = {"topic": page.topic, "buyer_key": "b", "now": now}
    await holding.hold({stock_id: 1}, hold_id=hold_id, until=now + HOUR, **terms)
    came = await arrival(page, "vip", now)
    assert came and (came.standing, came.discount_percent) == (Standing.IN_USE, 0)
    await holding.sell(hold_id, now)
    came = await arrival(page, "vip", now)
    assert came and came.standing is Standing.USED_UP


async def test_making_it_twice_makes_one_and_other_terms_are_refused(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    first = await share(page, now, discount_percent=20, uses=3)
    again = await share(page, now + HOUR, discount_percent=20, uses=3)
    assert again.url == first.url
    for terms in (Terms(), Terms(discount_percent=20), Terms(discount_percent=21, uses=3)):
        with pytest.raises(Conflict):
            await make_link(page, "vip", terms, page.user_id, now)
    assert len(await links_of(page, now)) == 1


async def test_visits_by_a_link_come_from_memory_as_well(
    owner: Any, client: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_page(owner.viewer, now=now)
    given = await share(page, now, discount_percent=20)
    await heard()
    first = await client.get(given.url)
    await client.get(f"/p/{page.short_id}")
    renders = cache.renders

    async def refuse(*_args: Any, **_options: Any) -> Any:
        raise AssertionError("asked the database")

    monkeypatch.setattr(asyncpg.Connection, "_execute", refuse)
    for _visit in range(3):
        answer = await client.get(given.url)
        assert answer.status_code == 200 and "private" in answer.headers["cache-control"]
        assert (await client.get(f"/p/{page.short_id}")).status_code == 200
    known = await client.get(given.url, headers={"If-None-Match": first.headers["etag"]})
    assert known.status_code == 304 and cache.renders == renders


async def test_open_pages_hear_of_changes_as_their_link_shows_them(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now, amount=2000)
    given = await share(page, now, discount_percent=20)
    theirs, everyones = Stream(event_stream(page.id, "vip")), Stream(event_stream(page.id))
    for stream in (theirs, everyones):
        await stream.open()
        await stream.next()
    assert page.stock_id
    await holding.buy({page.stock_id: 1}, hold_id=page.id, topic=page.topic, buyer_key="a", now=now)
    text, plain = await theirs.next(), await everyones.next()
    assert "€12.00" in text and "9 left" in text and 'id="arrival"' in text
    assert "€15.00" in plain and "9 left" in plain and 'id="arrival"' not in plain
    await sharing.stop(page, given.link.id, owner.viewer.user_id, now)
    assert "€12.00" not in (await theirs.next())
    for stream in (theirs, everyones):
        await stream.close()


async def test_a_frame_carries_a_link_on(owner: Any, client: Any, now: Any) -> None:
    page = await scheduled(owner, now)
    given = await share(page, now, early_minutes=600)
    query = given.url.partition("?")[2]
    html = (await client.get(f"/p/{page.short_id}/embed?{query}")).text
    assert 'target="_top">Buy now' in html and given.url.replace("&", "&amp;") in html
    plain = (await client.get(f"/p/{page.short_id}/embed")).text
    assert 'target="_top">Buy now' not in plain


async def test_a_page_that_somebody_entered_early_is_no_draft_again(owner: Any, now: Any) -> None:
    page = await make_countdown(owner.viewer, now=now, launch_at=now + HOUR, target_in=2 * HOUR)
    given = await share(page, now, early_minutes=120)
    await arriving.note_early(given.link, now)
    with pytest.raises(Conflict):
        await publishing.unschedule(page, owner.viewer.user_id, now)


async def test_a_draft_is_not_there_by_its_link_either(owner: Any, client: Any, now: Any) -> None:
    draft = await make_draft(owner.viewer, now=now)
    given = await share(draft, now, early_minutes=600)
    assert (await client.get(given.url)).status_code == 404


async def figures(page: PageRecord, now: datetime) -> dict[str, tuple[int, int]]:
    return {each.link.source: (each.views, each.visitors) for each in await links_of(page, now)}


async def test_visits_are_counted_and_visitors_once_a_day(
    owner: Any, client: Any, clock: Any
) -> None:
    now = clock.now()
    page = await make_page(owner.viewer, now=now, expires_at=now + 72 * HOUR)
    url = (await share(page, now)).url
    ahead = {**BROWSER, "Sec-Purpose": "prefetch"}
    for headers in (BROWSER, BROWSER, PHONE, ahead, {}, {"User-Agent": ROBOT}):
        assert (await client.get(url, headers=headers)).status_code == 200
    await client.get(f"/p/{page.short_id}", headers=BROWSER)
    await visits.flush()
    assert await figures(page, now) == {"vip": (3, 2)}
    clock.advance(25 * HOUR)
    await client.get(url, headers=BROWSER)
    await visits.flush()
    assert await figures(page, now) == {"vip": (4, 3)}
    await forget_visitors(clock.now() + 24 * HOUR)
    assert await db.fetch_value("SELECT count(*) FROM share_link_visitor") == 1


async def test_visits_from_frames_make_their_link(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    for source in ("embed", "nobody"):
        await client.get(sign_url(f"/p/{page.short_id}", {"source": source}, now), headers=BROWSER)
    await visits.flush()
    assert await figures(page, now) == {"embed": (1, 1)}


async def test_visits_of_pages_that_are_gone_count_nothing(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    gone = Visit(owner.viewer.user_id, now, page.id, Source(Kind.LINK, "embed"))
    await count_visits([gone, replace(gone, source=DIRECT)])
    assert await links_of(page, now) == []


async def test_what_could_not_be_counted_is_counted_later(owner: Any, now: Any) -> None:
    seen: list[int] = []
    broken = True

    async def sink(batch: Any) -> None:
        if broken:
            raise OSError
        seen.append(len(batch))

    noted, page = Visits(recognize), await make_page(owner.viewer, now=now)
    noted.hand_to(sink)
    noted.look(page, asked(BROWSER), now)
    await noted.flush()
    assert noted.timer, "it tries again by itself"
    broken = False
    noted.look(page, asked(PHONE), now)
    await noted.flush()
    await noted.flush()
    assert seen == [2]
    noted.timer.cancel()


async def test_early_buyers_of_the_last_piece_leave_a_page_that_launches_sold_out(
    owner: Any, client: Any, clock: Any
) -> None:
    now = clock.now()
    page = await scheduled(owner, now, quantity=1)
    await share(page, now, early_minutes=600)
    assert page.stock_id
    await holding.buy({page.stock_id: 1}, hold_id=page.id, topic=page.topic, buyer_key="a", now=now)
    await heard()
    assert phase((await client.get(f"/p/{page.short_id}")).text) == "scheduled"
    clock.advance(HOUR)
    assert phase((await client.get(f"/p/{page.short_id}")).text) == "sold-out"
