"""Everything is reached, seen and pressed without a mouse."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from app.core.clock import utc_now
from tests.factories.pages import make_page
from tests.system.people import Visitors
from tests.system.steps import GOOD_CARD, PAYMENT_PAGE, live, thanked

pytestmark = pytest.mark.system

MOST_STEPS = 30
FOCUSED = "(element) => element === document.activeElement"
SEEN = """(element) => {
  const style = getComputedStyle(element);
  return (style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0) || style.boxShadow !== "none";
}"""


async def tab_to(page: Page, wanted: Locator) -> None:
    """Press Tab until `wanted` has the focus, and see that it has."""
    for _step in range(MOST_STEPS):
        await page.keyboard.press("Tab")
        if await wanted.evaluate(FOCUSED):
            assert await wanted.evaluate(SEEN), f"the focus of {wanted} can't be seen"
            return
    raise AssertionError(f"{wanted} was not reached")


async def type_into(page: Page, fields: dict[str, str]) -> None:
    for label, text in fields.items():
        await tab_to(page, page.get_by_label(label))
        await page.keyboard.type(text)


async def test_a_purchase(owner: Any, visitors: Visitors, shop: Any) -> None:
    sale = await make_page(owner.viewer, now=utc_now(), quantity=5)
    page = await visitors()
    await page.goto(f"/p/{sale.short_id}")
    await live(page)
    await type_into(page, {"How many": "2", "Your e-mail address": "kim@example.com"})
    await tab_to(page, page.get_by_role("button", name="Buy now"))
    await page.keyboard.press("Enter")
    await page.wait_for_url(PAYMENT_PAGE)
    await expect(page.locator("main")).to_contain_text("€28.50")
    card = {"Card number": GOOD_CARD, "Expiry": "12/40", "CVC": "123", "Name on card": "Kim"}
    await type_into(page, card)
    await page.keyboard.press("Enter")
    await thanked(page)
    link = page.get_by_role("link", name="Download guide.pdf")
    await tab_to(page, link)
    async with page.expect_download():
        await page.keyboard.press("Enter")


async def test_the_console(owner: Any, visitors: Visitors) -> None:
    sale = await make_page(owner.viewer, now=utc_now(), quantity=5)
    page = await visitors(owner.viewer)
    await page.goto(f"/console/pages/{sale.id}")
    await tab_to(page, page.get_by_role("link", name="Skip to content"))
    await page.keyboard.press("Enter")
    await expect(page.locator("main")).to_be_focused()
    await tab_to(page, page.get_by_role("button", name="Pause", exact=True))
    await page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Pause this page?")
    await expect(dialog).to_be_visible()
    await tab_to(page, dialog.get_by_role("radio", name="The deadline stands"))
    await page.keyboard.press("ArrowDown")
    await expect(dialog.get_by_role("radio", name="The deadline moves")).to_be_checked()
    await tab_to(page, dialog.get_by_role("button", name="Pause"))
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="Resume")).to_be_visible()
