"""The public page: right at the instant, cheap when warm, honest about stock."""

import re
from datetime import timedelta
from typing import Any

import pytest

from app.core.ids import new_id
from app.core.live import bus
from app.pages import ending, extending, loading, pausing
from app.pages.public import cache
from app.pages.terms import Afterlife
from app.stock.holding import buy, hold
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product
from tests.support.hearing import heard
from tests.support.redirects import leads

SECOND = timedelta(seconds=1)


async def test_a_running_sale_shows_prices_stock_and_the_form(
    owner: Any, client: Any, now: Any
) -> None:
    page = await make_page(owner.viewer, now=now, amount=2000)
    answer = await client.get(f"/p/{page.short_id}")
    assert answer.status_code == 200
    html = answer.text
    assert "€20.00" in html and "€15.00" in html
    assert "10 left" in html
    assert f'action="/p/{page.short_id}/checkout"' in html
    assert "<strong>Everything</strong> must go." in html
    assert f"item[{page.contents[0].id}]" in html


async def test_a_draft_and_an_unknown_page_are_not_there(owner: Any, client: Any, now: Any) -> None:
    draft = await make_draft(owner.viewer, now=now)
    for short_id in (draft.short_id, "nothing-here", "x" * 22, "%00", "a" * 3000):
        assert (await client.get(f"/p/{short_id}")).status_code == 404
        assert (await client.get(f"/p/{short_id}/live")).status_code == 404


async def test_the_state_is_right_at_the_instant_without_any_job(
    owner: Any, client: Any, clock: Any
) -> None:
    page = await make_page(
        owner.viewer,
        now=clock.now(),
        launch_at=clock.now() + 2 * SECOND,
        expires_at=clock.now() + 4 * SECOND,
    )
    seen: list[str] = []
    for _step in range(5):
        html = (await client.get(f"/p/{page.short_id}")).text
        seen.append(re.search(r'data-stage="([a-z-]+)-', html).group(1))  # type: ignore[union-attr]
        clock.advance(SECOND)
    assert seen == ["scheduled", "scheduled", "selling", "selling", "expired"]


async def test_stock_is_available_then_held_then_gone(owner: Any, client: Any, clock: Any) -> None:
    now = clock.now()
    page = await make_page(owner.viewer, now=now, quantity=2, keep_open_when_sold_out=True)
    assert page.stock_id
    until = now + timedelta(minutes=4, seconds=12)
    one, two = new_id(), new_id()
    await buy({page.stock_id: 1}, hold_id=one, topic=page.topic, buyer_key="a", now=now)
    await hold(
        {page.stock_id: 1}, hold_id=two, topic=page.topic, buyer_key="b", now=now, until=until
    )
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "1 is in another basket" in html and "04:12" in html and "disabled" in html
    from app.stock.holding import sell

    await sell(two, now)
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Sold out" in html and 'id="checkout"' not in html


async def test_warm_costs_no_statement_and_cold_two(
    owner: Any, client: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from app.core import db

    page = await make_page(owner.viewer, now=now)
    await heard()
    cache.forget(None)
    asked: list[str] = []
    connection = db.connection

    def counting() -> Any:
        asked.append("statement")
        return connection()

    monkeypatch.setattr(db, "connection", counting)
    await client.get(f"/p/{page.short_id}")
    assert len(asked) == 2
    asked.clear()
    await client.get(f"/p/{page.short_id}")
    assert asked == []


async def test_a_change_is_seen_at_once(owner: Any, client: Any, clock: Any) -> None:
    page = await make_page(owner.viewer, now=clock.now())
    await client.get(f"/p/{page.short_id}")
    clock.advance(SECOND)
    await pausing.pause(page, owner.viewer.user_id, clock.now(), moves_deadline=True)
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Paused for the moment" in html and "The clock stands still" in html
    assert 'id="checkout"' not in html


async def test_the_cache_is_not_used_while_the_bus_is_deaf(
    owner: Any, client: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_page(owner.viewer, now=now)
    await heard()
    await client.get(f"/p/{page.short_id}")
    monkeypatch.setattr(bus, "connected", False)
    before = cache.renders
    await client.get(f"/p/{page.short_id}")
    assert cache.renders == before + 1


async def test_conditional_requests_and_compression(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    await heard()
    first = await client.get(f"/p/{page.short_id}", headers={"Accept-Encoding": "br, gzip"})
    assert first.headers["content-encoding"] == "br"
    assert first.headers["cache-control"].startswith("public")
    again = await client.get(
        f"/p/{page.short_id}", headers={"If-None-Match": first.headers["etag"]}
    )
    assert again.status_code == 304 and again.content == b""
    assert first.headers["server-timing"].startswith("clock;dur=")


async def test_expired_shows_its_afterlife_then_is_gone(
    owner: Any, client: Any, clock: Any
) -> None:
    afterlife = Afterlife(message="See you in autumn.", gone_after_days=3)
    page = await make_page(owner.viewer, now=clock.now(), afterlife=afterlife)
    clock.advance(timedelta(hours=1))
    answer = await client.get(f"/p/{page.short_id}")
    assert answer.status_code == 200 and "See you in autumn." in answer.text
    assert "hx-sse:connect" not in answer.text
    clock.advance(timedelta(days=3))
    gone = await client.get(f"/p/{page.short_id}")
    assert gone.status_code == 410 and "noindex" in gone.text
    assert gone.headers["x-robots-tag"] == "noindex"


async def test_expired_redirects_where_its_creator_said(
    owner: Any, client: Any, clock: Any
) -> None:
    afterlife = Afterlife(action="redirect", url="https://shop.example.com/")
    page = await make_page(owner.viewer, now=clock.now(), afterlife=afterlife)
    await ending.end(page, owner.viewer.user_id, clock.now())
    await heard()
    answer = await client.get(f"/p/{page.short_id}")
    assert leads(answer) == "https://shop.example.com/"


async def test_sold_out_redirects_where_its_creator_said(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(
        owner.viewer,
        now=now,
        quantity=1,
        keep_open_when_sold_out=True,
        sold_out={"action": "redirect", "url": "https://shop.example.com/next"},
    )
    assert page.stock_id
    await buy({page.stock_id: 1}, hold_id=new_id(), topic=page.topic, buyer_key="a", now=now)
    await heard()
    answer = await client.get(f"/p/{page.short_id}")
    assert leads(answer) == "https://shop.example.com/next"


async def test_changes_after_publication_are_told(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now, quantity=5)
    await extending.extend(page, now + timedelta(hours=3), owner.viewer.user_id, now)
    page = await loading.by_id(page.id)
    await extending.add_stock(page, 7, None, owner.viewer.user_id, now)
    await heard()
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "Changes to this offer" in html
    assert "Pieces changed from 5 to 12" in html and "End moved from" in html
    assert "12 left" in html


async def test_several_products_each_with_its_stock(owner: Any, client: Any, now: Any) -> None:
    products = [
        await make_product(owner.viewer, now=now),
        await make_product(owner.viewer, now=now),
    ]
    page = await make_page(owner.viewer, now=now, products=products, per_item=[3, 4])
    html = (await client.get(f"/p/{page.short_id}")).text
    assert "3 left" in html and "4 left" in html
    for content in page.contents:
        assert f'name="item[{content.id}]" form="checkout"' in html


@pytest.mark.parametrize("query", ["source=x&ts=1&sig=abc", "sig=", "ts=1&sig=%F0%9F"])
async def test_a_changed_share_link_is_refused(
    owner: Any, client: Any, now: Any, query: str
) -> None:
    page = await make_page(owner.viewer, now=now)
    assert (await client.get(f"/p/{page.short_id}?{query}")).status_code == 403


async def test_themes_have_lasting_addresses(client: Any) -> None:
    good = await client.get("/p/theme/f5f7f6-ffffff-13211e-0d5c50-system-medium.css")
    assert good.status_code == 200 and good.headers["content-type"].startswith("text/css")
    assert "immutable" in good.headers["cache-control"]
    for bad in ("f5f7f6.css", "f5f7f6-ffffff-13211e-0d5c50-evil-medium.css", "x;y.css"):
        assert (await client.get(f"/p/theme/{bad}")).status_code == 404
