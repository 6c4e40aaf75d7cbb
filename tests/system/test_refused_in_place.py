"""What is refused is said where it was sent, and what was typed stays: a checkout in a real browser."""

from typing import Any

import pytest
from playwright.async_api import expect

from app.core.clock import utc_now
from tests.factories.pages import make_page
from tests.system.people import PHONE, Visitors
from tests.system.steps import live

pytestmark = pytest.mark.system


async def test_a_checkout_is_refused_in_its_form(owner: Any, visitors: Visitors) -> None:
    sale = await make_page(owner.viewer, now=utc_now(), amount=0, quantity=10, per_buyer_limit=2)
    visitor = await visitors(width=PHONE)
    visitors.watch(visitor).allowed.update({409, 422})
    await visitor.goto(f"/p/{sale.short_id}")
    await live(visitor)
    email, quantity = visitor.get_by_label("Your e-mail address"), visitor.get_by_label("How many")
    await email.fill("ann@example.com")
    await quantity.evaluate("field => field.removeAttribute('max')")
    await quantity.fill("3")
    buy = visitor.locator("#checkout-button button")
    await buy.click()
    await expect(visitor.locator("#checkout .error:not(:empty):visible").first).to_be_visible()
    assert visitor.url.endswith(f"/p/{sale.short_id}")
    await expect(email).to_have_value("ann@example.com")
    await expect(quantity).to_have_value("3")

    await quantity.fill("1")
    await visitor.get_by_text("Discount code", exact=True).first.click()
    code = visitor.get_by_role("textbox", name="Discount code")
    await code.fill("nonsense")
    await buy.click()
    await expect(visitor.locator("#wrong-code")).to_be_visible()
    await expect(code).to_have_value("nonsense")
    await code.fill("")
    await buy.click()
    await visitor.wait_for_url("**/orders/**")
