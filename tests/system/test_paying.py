"""Between the button and the money: leaving and coming back, letting go, a declined card, money back."""

from typing import Any

import pytest
from playwright.async_api import expect

from app.core.clock import utc_now
from tests.factories.pages import make_page
from tests.system.people import Visitors
from tests.system.steps import DECLINED_CARD, PAYMENT_PAGE, go_to_payment, live, pay, thanked

pytestmark = pytest.mark.system


async def test_leave_come_back_continue_and_release(
    owner: Any, visitors: Visitors, shop: Any
) -> None:
    page = await make_page(owner.viewer, now=utc_now(), quantity=1)
    visitor, other = await visitors(), await visitors()
    await visitor.goto(f"/p/{page.short_id}")
    await go_to_payment(visitor, "hanna@example.com")
    payment = visitor.url
    await other.goto(f"/p/{page.short_id}")
    await live(other)
    await expect(other.locator("#stock-page")).to_contain_text("All in baskets")
    await expect(other.locator("#hold")).to_have_count(0)

    await visitor.goto(f"/p/{page.short_id}")
    hold = visitor.locator("#hold")
    await expect(hold).to_contain_text("Held for you: 1 × Field guide")  # noqa: RUF001
    await expect(hold).to_contain_text("€14.25")
    await hold.get_by_role("button", name="Continue to payment").click()
    await visitor.wait_for_url(PAYMENT_PAGE)
    assert visitor.url == payment

    await visitor.get_by_role("link", name="Cancel and go back to the shop").click()
    await visitor.get_by_role("button", name="Release").click()
    await expect(visitor.locator("#hold")).to_have_count(0)
    await expect(other.locator("#stock-page")).to_contain_text("1 left")
    await expect(other.get_by_role("button", name="Buy now")).to_be_enabled()
    visitors.watch(visitor).allowed.add(410)
    await visitor.goto(payment)
    await expect(visitor.get_by_role("heading", name="This checkout has expired")).to_be_visible()


async def test_a_declined_card_then_a_good_one(owner: Any, visitors: Visitors, shop: Any) -> None:
    page = await make_page(owner.viewer, now=utc_now(), quantity=1)
    visitor = await visitors()
    visitors.watch(visitor).allowed.add(402)
    await visitor.goto(f"/p/{page.short_id}")
    await go_to_payment(visitor, "dora@example.com")
    await pay(visitor, DECLINED_CARD)
    await expect(visitor.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    assert PAYMENT_PAGE.search(visitor.url)
    await pay(visitor)
    await thanked(visitor)


async def test_a_refund_ends_the_downloads(owner: Any, visitors: Visitors, shop: Any) -> None:
    page = await make_page(owner.viewer, now=utc_now(), quantity=1)
    visitor, console = await visitors(), await visitors(owner.viewer)
    await visitor.goto(f"/p/{page.short_id}")
    await go_to_payment(visitor, "rita@example.com")
    async with visitor.expect_download():
        await pay(visitor)
        await thanked(visitor)
    file = await visitor.get_by_role("link", name="Download guide.pdf").get_attribute("href")

    await console.goto("/console/orders")
    await console.get_by_role("row", name="rita@example.com").get_by_role("link").click()
    await expect(console.get_by_label("Amount")).to_have_value("14.25")
    await console.get_by_role("button", name="Refund", exact=True).click()
    await console.locator("#confirm-yes").click()
    await expect(console.locator("#order")).to_contain_text("Refunded")

    visitors.watch(visitor).allowed |= {403, 410}
    answer = await visitor.goto(str(file))
    assert answer and answer.status == 403
    await expect(visitor.locator("main")).to_contain_text("refunded")
