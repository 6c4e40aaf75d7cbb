"""A countdown's zero: whatever it does happens in every open browser at its instant, by the server's clock."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core.clock import milliseconds, utc_now
from tests.factories.types import make_countdown
from tests.system.people import PHONE, Visitors
from tests.system.steps import live

pytestmark = pytest.mark.system

# Long enough for the browsers to open the page while it still counts.
LASTS = timedelta(seconds=6)
# On a quiet machine it takes less than a second; the bench says how much less.
LATEST_MS = 5000
SHOP = "https://shop.example.com"
NOTE = """(selector) => new MutationObserver(() => {
  if (document.querySelector(selector)) window.zeroAt ??= Date.now();
}).observe(document.body, { childList: true, subtree: true })"""


async def desk_and_phone(visitors: Visitors) -> list[Page]:
    return [await visitors(), await visitors(width=PHONE)]


async def wait_at(page: Page, address: str) -> None:
    """Open the page, and note when what follows zero appears."""
    await page.goto(address)
    await live(page)
    await page.evaluate(NOTE, "#zero")


async def in_time(page: Page, target_ms: int) -> None:
    late = await page.evaluate("window.zeroAt") - target_ms
    assert 0 <= late < LATEST_MS, late


async def test_a_message_and_a_form_appear(owner: Any, visitors: Visitors, web_server: str) -> None:
    seen = {action: await desk_and_phone(visitors) for action in ("show-message", "show-form")}
    now = utc_now()
    opened: list[Any] = []
    for action, pages in seen.items():
        zero = {"action": action, "title": "The drawer is open"}
        made = await make_countdown(owner.viewer, now=now, target_in=LASTS, at_zero=zero)
        opened += [wait_at(page, f"/p/{made.short_id}") for page in pages]
    await asyncio.gather(*opened)
    for action, pages in seen.items():
        for page in pages:
            await expect(page.get_by_role("heading", name="The drawer is open")).to_be_visible()
            await in_time(page, milliseconds(now + LASTS))
            forms = 1 if action == "show-form" else 0
            await expect(page.locator("form#registration")).to_have_count(forms)


async def test_what_was_typed_before_zero_stays_for_the_form(
    owner: Any, visitors: Visitors, web_server: str
) -> None:
    zero = {"action": "show-form", "title": "Who comes along?"}
    page = await visitors()
    made = await make_countdown(owner.viewer, now=utc_now(), target_in=LASTS, at_zero=zero)
    await page.goto(f"/p/{made.short_id}")
    await live(page)
    await page.get_by_label("Your e-mail address").fill("vera@example.com")
    await expect(page.get_by_role("heading", name="Who comes along?")).to_be_visible()
    await expect(page.get_by_label("Your e-mail address")).to_have_value("vera@example.com")


async def test_everybody_is_sent_on(owner: Any, visitors: Visitors, web_server: str) -> None:
    pages = await desk_and_phone(visitors)
    now = utc_now()
    zero = {"action": "redirect", "url": f"{SHOP}/new"}
    made = await make_countdown(owner.viewer, now=now, target_in=LASTS, at_zero=zero)
    arrived: list[int] = []
    for page in pages:
        visitors.watch(page).origins |= {SHOP}

        async def answer(route: Any) -> None:
            arrived.append(milliseconds(utc_now()))
            await route.fulfill(body="<h1>The shop</h1>", content_type="text/html")

        await page.route(f"{SHOP}/**", answer)
        await page.goto(f"/p/{made.short_id}")
        await live(page)
    for page in pages:
        await page.wait_for_url(f"{SHOP}/new")
    assert all(0 <= at - milliseconds(now + LASTS) < LATEST_MS for at in arrived), arrived
