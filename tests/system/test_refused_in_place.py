"""What is refused is said where it was sent, and what was typed stays: a checkout and a registration in a real browser."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core.clock import utc_now
from app.core.ids import new_short_id
from tests.factories.pages import make_page
from tests.factories.types import make_countdown, make_event
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


async def fill_in(visitor: Page) -> None:
    await visitor.get_by_label("Your name").fill("Ann Lee")
    await visitor.get_by_label("Your e-mail address").fill(f"ann-{new_short_id()}@example.com")
    await visitor.get_by_label("I agree").check()


async def test_a_registration_is_refused_in_its_form(owner: Any, visitors: Visitors) -> None:
    event = await make_event(owner.viewer, now=utc_now(), maximum_quantity=3)
    visitor = await visitors(width=PHONE)
    visitors.watch(visitor).allowed.update({409, 422})
    await visitor.goto(f"/p/{event.short_id}")
    await live(visitor)
    # The puzzle is solved before the button is pressed: then the form is sent without any wait between.
    async with visitor.expect_response("**/puzzle"):
        await fill_in(visitor)
    many, wrong = (
        visitor.get_by_label("How many places"),
        visitor.locator("#registration [role=alert]"),
    )
    await many.evaluate("field => field.removeAttribute('max')")
    await many.fill("7")
    register = visitor.get_by_role("button", name="Register")
    await register.click()
    await expect(visitor.locator("#r-quantity-error")).to_be_visible()
    await expect(wrong.first).to_be_focused()
    assert visitor.url.endswith(f"/p/{event.short_id}")
    await expect(visitor.get_by_label("Your name")).to_have_value("Ann Lee")
    await expect(many).to_have_value("7")
    await many.fill("2")
    await register.click()
    await expect(visitor.get_by_role("heading", name="You are registered")).to_be_visible()


async def test_what_was_typed_outlives_a_lost_connection(owner: Any, visitors: Visitors) -> None:
    event = await make_event(owner.viewer, now=utc_now())
    visitor = await visitors()
    await visitor.goto(f"/p/{event.short_id}")
    await live(visitor)
    await fill_in(visitor)
    register = visitor.get_by_role("button", name="Register")
    await visitor.route("**/registrations", lambda route: route.abort())
    await register.click()
    await expect(visitor.get_by_text("That could not be sent.")).to_be_visible()
    visitors.watch(visitor).complaints.clear()
    await visitor.unroute("**/registrations")
    await expect(visitor.get_by_label("Your name")).to_have_value("Ann Lee")
    await register.click()
    await expect(visitor.get_by_role("heading", name="You are registered")).to_be_visible()


async def test_a_countdowns_form_is_refused_in_its_place(owner: Any, visitors: Visitors) -> None:
    page = await make_countdown(owner.viewer, now=utc_now())
    visitor = await visitors(width=PHONE)
    visitors.watch(visitor).allowed.update({422})
    await visitor.goto(f"/p/{page.short_id}")
    await live(visitor)
    email = visitor.get_by_label("Your e-mail address")
    await email.fill("ann@nowhere")
    await visitor.get_by_label("I agree").check()
    tell = visitor.get_by_role("button", name="Tell me")
    await tell.click()
    await expect(visitor.locator("#r-email-error")).to_be_visible()
    await expect(email).to_have_value("ann@nowhere")
    await email.fill(f"ann-{page.short_id}@example.com")
    await tell.click()
    await visitor.wait_for_url("**/registered")
