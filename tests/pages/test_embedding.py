"""A page on another site: one line of script, a frame without cookies, nothing that can be bought inside it."""

import re
from datetime import timedelta
from html import unescape
from typing import Any

import pytest

from app.core.settings import get_settings
from app.flags import switching
from app.pages.embedding import EMBEDDING, embed_code
from app.pages.terms import Afterlife
from tests.factories.pages import make_draft, make_page
from tests.factories.types import make_countdown, make_event, make_offer
from tests.support.wire import wire

HOUR = timedelta(hours=1)


async def test_any_site_may_frame_it_and_nothing_else(owner: Any, client: Any, now: Any) -> None:
    page = await make_offer(owner.viewer, now=now)
    answer = await client.get(f"/p/{page.short_id}/embed")
    policy = answer.headers["content-security-policy"]
    assert answer.status_code == 200 and "frame-ancestors *" in policy
    assert "sandbox allow-scripts" in policy and "allow-same-origin" not in policy
    assert "script-src 'self'" in policy and "set-cookie" not in answer.headers
    assert answer.headers["access-control-allow-origin"] == "*"
    assert "noindex" in answer.headers["x-robots-tag"]
    whole = await client.get(f"/p/{page.short_id}")
    assert "frame-ancestors 'self'" in whole.headers["content-security-policy"]
    assert "sandbox" not in whole.headers["content-security-policy"]


async def test_it_shows_the_clock_the_code_and_the_way_in_at_top_level(
    owner: Any, client: Any, now: Any
) -> None:
    page = await make_offer(owner.viewer, now=now)
    html = (await client.get(f"/p/{page.short_id}/embed")).text
    assert "data-countdown" in html and "EARLY-BIRD" in html and "10 left" in html
    base = get_settings().base_url
    way_in = re.search(r'href="([^"]+)" target="_top"', html)
    assert way_in and way_in[1].startswith(f"{base}/p/{page.short_id}?source=embed&amp;")
    assert (await client.get(unescape(way_in[1]))).status_code == 200
    assert "<form" not in html and "hx-" not in html


@pytest.mark.parametrize("make", [make_countdown, make_event, make_offer, make_page])
async def test_every_type_can_be_embedded(owner: Any, client: Any, now: Any, make: Any) -> None:
    page = await make(owner.viewer, now=now)
    answer = await client.get(f"/p/{page.short_id}/embed")
    assert answer.status_code == 200 and page.title in answer.text
    assert "data-countdown" in answer.text and 'target="_top"' in answer.text


async def test_at_the_end_it_does_not_leave_by_itself(owner: Any, client: Any, clock: Any) -> None:
    zero = {"action": "redirect", "url": "https://shop.example.com/"}
    page = await make_countdown(owner.viewer, now=clock.now(), at_zero=zero)
    clock.advance(HOUR)
    html = (await client.get(f"/p/{page.short_id}/embed")).text
    assert 'href="https://shop.example.com/" target="_top"' in html
    assert "data-redirect" not in html


async def test_the_operator_can_take_it_from_an_organization(
    owner: Any, outsider: Any, client: Any, now: Any
) -> None:
    page, other = (
        await make_offer(owner.viewer, now=now),
        await make_offer(outsider.viewer, now=now),
    )
    flag = await switching.create_flag(EMBEDDING, 100, now)
    await switching.set_for(flag, owner.viewer.organization_id, on=False, now=now)
    assert (await client.get(f"/p/{page.short_id}/embed")).status_code == 404
    assert (await client.get(f"/p/{page.short_id}")).status_code == 200
    assert "On another site" not in (await owner.get(f"/console/pages/{page.id}")).text
    assert (await client.get(f"/p/{other.short_id}/embed")).status_code == 200
    assert "On another site" in (await outsider.get(f"/console/pages/{other.id}")).text
    await switching.delete_flag(flag)
    assert (await client.get(f"/p/{page.short_id}/embed")).status_code == 200


async def test_a_retired_page_is_a_line_in_the_frame(owner: Any, client: Any, clock: Any) -> None:
    afterlife = Afterlife(gone_after_days=1)
    page = await make_page(owner.viewer, now=clock.now(), title="The river", afterlife=afterlife)
    clock.advance(timedelta(days=2))
    answer = await client.get(f"/p/{page.short_id}/embed")
    assert (
        answer.status_code == 410
        and "frame-ancestors *" in answer.headers["content-security-policy"]
    )
    assert "This page has retired" in answer.text and "The river" not in answer.text


async def test_a_draft_and_an_unknown_page_are_not_there(owner: Any, client: Any, now: Any) -> None:
    draft = await make_draft(owner.viewer, now=now)
    for short_id in (draft.short_id, "nothing", "x" * 30, "%00"):
        assert (await client.get(f"/p/{short_id}/embed")).status_code == 404


async def test_the_script_is_one_line_and_may_be_read_anywhere(
    owner: Any, client: Any, now: Any
) -> None:
    page = await make_page(owner.viewer, now=now)
    code = embed_code(page)
    assert "\n" not in code
    assert f"{get_settings().base_url}/embed.js" in code and page.short_id in code
    script = await client.get("/embed.js")
    assert script.status_code == 200
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.headers["cross-origin-resource-policy"] == "cross-origin"
    assert "allow-same-origin" not in script.text
    shown = (await owner.get(f"/console/pages/{page.id}")).text
    assert f"data-page=&#34;{page.short_id}&#34;" in shown


async def test_the_stream_may_be_read_by_a_frame_without_an_origin(
    owner: Any, web_server: str, clock: Any
) -> None:
    page = await make_page(owner.viewer, now=clock.now())
    async with (
        wire() as reader,
        reader.stream("GET", f"{web_server}/p/{page.short_id}/live") as stream,
    ):
        assert stream.headers["access-control-allow-origin"] == "*"
