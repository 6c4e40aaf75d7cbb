"""How soon a page answers: Interaction to Next Paint as the browser measures it, after real clicks and keys."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core.clock import utc_now
from tests.factories.pages import make_page
from tests.factories.types import make_offer
from tests.support.patience import PATIENCE_SECONDS
from tests.system.people import PHONE, Visitors
from tests.system.steps import live

pytestmark = pytest.mark.system

# What Core Web Vitals call good.
GOOD_ANSWER_MS = 200
# On a busy machine a paint may wait for others; a page that is slow itself is slow every time.
ROUNDS = 3
# By interaction the slowest of its events (pointerdown, click …), from the input until the next paint.
NOTE_ANSWERS = """
window.answers = {};
new PerformanceObserver((list) => {
  for (const { interactionId: id, duration } of list.getEntries())
    if (id) window.answers[id] = Math.max(window.answers[id] || 0, duration);
}).observe({ type: "event", durationThreshold: 16 });
"""
SLOW_DOWN = """document.addEventListener("click", () => {
  const end = performance.now() + 400;
  while (performance.now() < end);
}, true)"""
PAINTED = "new Promise((done) => requestAnimationFrame(() => setTimeout(done, 100)))"
CLICKS = "performance.eventCounts.get('click')"
SLOWEST = "Math.max(0, ...Object.values(window.answers))"

Round = Callable[[Page], Awaitable[None]]


async def slowest_answer(page: Page, interact: Round) -> float:
    """Return the slowest answer of one round, in milliseconds; what is below 16 is 0."""
    await page.evaluate("window.answers = {}")
    clicks = await page.evaluate(CLICKS)
    await interact(page)
    await page.evaluate(PAINTED)
    assert await page.evaluate(CLICKS) > clicks, "the browser counted no click"
    return await page.evaluate(SLOWEST)


async def answers_in_time(page: Page, interact: Round) -> None:
    """A round is answered in time; and the measure measures: with a slow handler it is not."""
    found = list[float]()
    while not found or (found[-1] > GOOD_ANSWER_MS and len(found) < ROUNDS):
        found.append(await slowest_answer(page, interact))
    assert found[-1] <= GOOD_ANSWER_MS, found
    await page.evaluate(SLOW_DOWN)
    await interact(page)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await page.evaluate(SLOWEST) <= GOOD_ANSWER_MS:
            await asyncio.sleep(0.05)


async def test_a_sale_answers_at_once(owner: Any, visitors: Visitors) -> None:
    sale = await make_page(owner.viewer, now=utc_now(), quantity=30)
    page = await visitors(width=PHONE)
    await page.add_init_script(NOTE_ANSWERS)
    # The browser stays where it is: what counts is how soon the button is pressed, not how soon the next page is there.
    await page.route("**/checkout", lambda route: route.fulfill(status=204))
    await page.goto(f"/p/{sale.short_id}")
    await live(page)

    async def interact(page: Page) -> None:
        quantity, email = page.get_by_label("How many"), page.get_by_label("Your e-mail address")
        await quantity.click()
        await quantity.press("ArrowUp")
        await quantity.press("ArrowDown")
        await email.fill("")
        await email.press_sequentially("vera@example.com")
        await page.get_by_role("button", name="Buy now").click()

    await answers_in_time(page, interact)


async def test_an_offer_answers_at_once(owner: Any, visitors: Visitors) -> None:
    offer = await make_offer(owner.viewer, now=utc_now())
    page = await visitors(width=PHONE, permissions=["clipboard-read", "clipboard-write"])
    await page.add_init_script(NOTE_ANSWERS)
    await page.goto(f"/p/{offer.short_id}")
    await live(page)

    async def interact(page: Page) -> None:
        await page.get_by_role("button", name="Copy code").click()
        await expect(page.locator("[data-copy-label]")).to_have_text("Copied")
        await expect(page.locator("[data-copy-label]")).to_have_text("Copy code")

    await answers_in_time(page, interact)
    assert await page.evaluate("navigator.clipboard.readText()") == "EARLY-BIRD"
