"""A page on somebody else's site: a frame without cookies that stays true, grows to its height, and leads to the page."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core.clock import utc_now
from app.core.ids import new_id
from app.pages.embedding import embed_code
from app.pages.loading import PageRecord
from app.stock import holding
from tests.factories.types import make_countdown, make_offer
from tests.system.auditing import OPTIONS, RULES, SCRIPT
from tests.system.people import PHONE, Visitors

pytestmark = pytest.mark.system

SITE = """<!doctype html><html lang="en"><title>A blog</title><h1>A blog</h1><p>Look:</p>{}<p>That was it.</p></html>"""


class Site:
    """Another site, of another origin, with one page."""

    address = ""
    body = ""

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        line = await reader.readline()
        found = b" / " in line
        body = self.body.encode() if found else b""
        status = "200 OK" if found else "204 No Content"
        head = f"HTTP/1.1 {status}\r\nContent-Type: text/html\r\nContent-Length: {len(body)}\r\n"
        writer.write(head.encode() + b"Connection: close\r\n\r\n" + body)
        await writer.drain()
        writer.close()


@pytest.fixture
async def site() -> AsyncIterator[Site]:
    made = Site()
    server = await asyncio.start_server(made.answer, "localhost", 0)
    made.address = f"http://localhost:{server.sockets[0].getsockname()[1]}"
    yield made
    server.close()


async def open_site(visitors: Visitors, site: Site, made: PageRecord, **options: Any) -> Page:
    site.body = SITE.format(embed_code(made))
    page = await visitors(**options)
    visitors.watch(page).origins |= {site.address}
    await page.goto(f"{site.address}/")
    return page


async def test_an_offer_stays_true_and_is_bought_at_top_level(
    owner: Any, visitors: Visitors, site: Site, web_server: str
) -> None:
    made = await make_offer(owner.viewer, now=utc_now())
    page = await open_site(visitors, site, made, width=PHONE)
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_role("heading", name=made.title)).to_be_visible()
    await expect(frame.locator("[data-countdown]")).to_be_visible()
    await expect(frame.locator("#stock-page")).to_contain_text("10 left")
    # All of it is seen: the frame has the height of what is in it.
    await expect(frame.get_by_role("link", name="Buy now")).to_be_in_viewport()
    inner = page.frames[1]
    seen = await inner.evaluate("document.body.getBoundingClientRect().height")
    given = await page.evaluate("document.querySelector('iframe').offsetHeight")
    assert abs(seen - given) <= 1
    await expect(page.locator("iframe")).to_have_attribute("title", made.title)
    with pytest.raises(Exception, match="sandboxed"):
        await inner.evaluate("document.cookie")
    assert await page.context.cookies() == []

    assert made.stock_id
    await frame.locator("html[data-heard-clock]").wait_for(state="attached")
    await holding.buy(
        {made.stock_id: 3}, hold_id=new_id(), topic=made.topic, buyer_key="a", now=utc_now()
    )
    await expect(frame.locator("#stock-page")).to_contain_text("7 left")
    await frame.get_by_role("link", name="Buy now").click()
    # The frame is a source of its own.
    await page.wait_for_url(f"{web_server}/p/{made.short_id}?source=embed&**")
    await expect(page.get_by_role("button", name="Buy now")).to_be_visible()


async def test_zero_comes_in_the_frame_too(
    owner: Any, visitors: Visitors, site: Site, web_server: str
) -> None:
    zero = {"action": "show-message", "title": "The drawer is open"}
    made = await make_countdown(
        owner.viewer, now=utc_now(), target_in=timedelta(seconds=5), at_zero=zero
    )
    page = await open_site(visitors, site, made)
    frame = page.frame_locator("iframe")
    await expect(frame.get_by_role("link", name="Sign up")).to_be_visible()
    await expect(frame.get_by_role("heading", name="The drawer is open")).to_be_visible()
    await expect(frame.get_by_role("link", name="See the page")).to_be_visible()


async def test_axe_finds_nothing_in_it(owner: Any, visitors: Visitors, web_server: str) -> None:
    for made in (
        await make_offer(owner.viewer, now=utc_now()),
        await make_countdown(owner.viewer, now=utc_now()),
    ):
        page = await visitors(reduced_motion="reduce")
        await page.goto(f"/p/{made.short_id}/embed")
        await page.evaluate(SCRIPT)
        options = {**OPTIONS, "runOnly": RULES}
        found = await page.evaluate("(options) => axe.run(options)", options)
        assert found["passes"] and not found["violations"], found["violations"]
