"""The server's clock rules: a browser whose own clock is hours wrong counts down to the same instant."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core.clock import milliseconds, utc_now
from tests.factories.pages import make_page
from tests.system.people import Visitors
from tests.system.steps import live

pytestmark = pytest.mark.system

# Long enough for two browsers to open the page while it still runs.
LASTS = timedelta(seconds=6)
# On a quiet machine it takes less than a second; the bench says how much less.
LATEST_MS = 5000
WRONG_CLOCK = """(() => {
  const Right = Date, wrong = %d * 3600_000;
  globalThis.rightNow = () => Right.now();
  globalThis.Date = class extends Right {
    constructor(...given) { given.length ? super(...given) : super(Right.now() + wrong); }
    static now() { return Right.now() + wrong; }
  };
})()"""
# The instant at which the page says that it is over, and the clock's last word before.
NOTE_THE_END = """() => {
  window.seconds = [];
  new MutationObserver(() => {
    const shown = [...document.querySelectorAll("[data-unit]")].map((unit) => +unit.textContent);
    if (shown.length) window.seconds.push(shown.reduce((sum, value) => sum * 60 + value, 0));
    if (document.querySelector("#page-main .ended")) window.endedAt ??= rightNow();
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


async def open_with_clock(page: Page, address: str, hours: int) -> None:
    await page.add_init_script(WRONG_CLOCK % hours)
    await page.goto(address)
    await live(page)
    await page.evaluate(NOTE_THE_END)
    off: float = await page.evaluate("(Date.now() - rightNow()) / 3600_000")
    assert round(off) == hours


async def test_zero_comes_at_the_servers_instant_whatever_the_browsers_clock_says(
    owner: Any, visitors: Visitors, shop: Any
) -> None:
    pages = [await visitors(), await visitors()]
    end = utc_now() + LASTS
    sale = await make_page(owner.viewer, now=utc_now(), expires_at=end)
    clocks = zip(pages, (-5, 30), strict=True)
    await asyncio.gather(
        *[open_with_clock(page, f"/p/{sale.short_id}", hours) for page, hours in clocks]
    )
    for page in pages:
        await expect(page.get_by_role("heading", name="This sale has ended")).to_be_visible()
        late = await page.evaluate("window.endedAt") - milliseconds(end)
        assert 0 <= late < LATEST_MS, late
        seconds: list[int] = await page.evaluate("window.seconds")
        assert seconds == sorted(seconds, reverse=True)
        assert 0 < max(seconds) <= LASTS.total_seconds() and min(seconds) <= 1
        await expect(page.get_by_role("button", name="Buy now")).to_have_count(0)


async def test_a_launch_opens_the_sale_in_every_browser(
    owner: Any, visitors: Visitors, shop: Any
) -> None:
    visitor = await visitors()
    launch = utc_now() + LASTS
    sale = await make_page(owner.viewer, now=utc_now(), launch_at=launch)
    await visitor.goto(f"/p/{sale.short_id}")
    await live(visitor)
    await expect(visitor.get_by_text("Starts in")).to_be_visible()
    await expect(visitor.get_by_role("button", name="Buy now")).to_have_count(0)
    await expect(visitor.get_by_role("button", name="Buy now")).to_be_enabled()
    assert utc_now() >= launch
    await expect(visitor.get_by_text("Ends in")).to_be_visible()
