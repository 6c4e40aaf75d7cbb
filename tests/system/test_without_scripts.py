"""Everything a visitor needs works with scripts off: reading, paying, waiting, downloading."""

from typing import Any

import pytest
from playwright.async_api import expect

from app.core.clock import utc_now
from tests.factories.pages import make_page
from tests.factories.products import make_product
from tests.system.people import PHONE, Visitors
from tests.system.steps import go_to_payment, pay, sha256, thanked

pytestmark = pytest.mark.system

FILE = ("notes “on” rivers.pdf", b"%PDF-1.7 what the river said")


async def test_a_purchase_end_to_end(owner: Any, visitors: Visitors, shop: Any) -> None:
    product = await make_product(owner.viewer, now=utc_now(), files=[FILE])
    page = await make_page(owner.viewer, now=utc_now(), products=[product], quantity=4)
    visitor = await visitors(width=PHONE, java_script_enabled=False)
    await visitor.goto(f"/p/{page.short_id}")
    await expect(visitor.locator("#stock-page")).to_contain_text("4 left")
    await expect(visitor.locator(".countdown-target time").first).to_be_visible()
    await go_to_payment(visitor, "nora@example.com", 2)
    await pay(visitor)
    await thanked(visitor)
    async with visitor.expect_download() as started:
        await visitor.get_by_role("link", name=f"Download {FILE[0]}").click()
    download = await started.value
    assert download.suggested_filename == FILE[0]
    assert sha256((await download.path()).read_bytes()) == sha256(FILE[1])

    await visitor.get_by_role("link", name="Open your order and receipt").click()
    await expect(visitor.locator(".facts")).to_contain_text("2 × Field guide")  # noqa: RUF001
    await visitor.goto(f"/p/{page.short_id}")
    await expect(visitor.locator("#stock-page")).to_contain_text("2 left")


async def test_the_hold_can_be_left_found_again_and_released(
    owner: Any, visitors: Visitors, shop: Any
) -> None:
    page = await make_page(owner.viewer, now=utc_now(), quantity=1)
    visitor = await visitors(java_script_enabled=False)
    await visitor.goto(f"/p/{page.short_id}")
    await go_to_payment(visitor, "nora@example.com")
    await visitor.get_by_role("link", name="Cancel and go back to the shop").click()
    await expect(visitor.locator("#hold")).to_contain_text("1 × Field guide")  # noqa: RUF001
    await visitor.get_by_role("button", name="Release").click()
    await expect(visitor.locator("#hold")).to_have_count(0)
    await expect(visitor.locator("#stock-page")).to_contain_text("1 left")
