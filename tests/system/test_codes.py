"""A discount code from the console to the last of its uses, and what the offer that hands one out says then."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from app.core.clock import utc_now
from app.stock.capacity import set_capacity
from tests.factories.pages import make_page
from tests.factories.types import make_offer
from tests.system.auditing import Audit
from tests.system.people import PHONE, Visitors
from tests.system.steps import fill_checkout, go_to_payment, live, pay, thanked

pytestmark = pytest.mark.system


async def test_a_code_is_made_used_and_used_up(
    owner: Any, app: Any, visitors: Visitors, shop: Any
) -> None:
    sale = await make_page(owner.viewer, now=utc_now(), quantity=10)
    seller = await visitors(owner.viewer, reduced_motion="reduce")
    visitors.watch(seller).allowed.add(422)
    audit = Audit(seller)
    await audit.visit("/console/codes", "/console/codes/new")
    await seller.get_by_label("Code", exact=True).fill("once-only")
    await seller.get_by_label("Uses altogether").fill("1")
    await seller.get_by_label("Pages that you choose").check()
    await seller.get_by_label(sale.title).check()
    await seller.get_by_role("button", name="Create code").click()
    await expect(seller.get_by_text("from 1 to 100")).to_be_visible()
    await audit.look("a code refused")
    await seller.get_by_role("spinbutton", name="Per cent").fill("50")
    await seller.get_by_role("button", name="Create code").click()
    await expect(seller.get_by_role("heading", name="ONCE-ONLY")).to_be_visible()
    await audit.look("a code")

    first, second = await visitors(width=PHONE), await visitors(width=PHONE)
    pages = Audit(first), Audit(second)
    for visitor in (first, second):
        visitors.watch(visitor).allowed.add(422)
        await visitor.goto(f"/p/{sale.short_id}")
        await live(visitor)
        await visitor.get_by_text("Discount code", exact=True).first.click()
        await visitor.get_by_label("Discount code").fill("once-only")
        await visitor.get_by_role("button", name="Apply").click()
        await expect(visitor.locator("#code-applied")).to_contain_text("50 % off")
    # What is shown follows what is chosen.
    await fill_checkout(first, "ann@example.com", 2)
    await expect(first.locator("#code-applied")).to_contain_text("2 × Field guide")  # noqa: RUF001
    await expect(first.locator("#code-applied")).to_contain_text("€14.24")
    await pages[0].look("a code applied")
    await go_to_payment(first, "ann@example.com", 2)
    await expect(first.get_by_text("ONCE-ONLY applied")).to_be_visible()

    await second.get_by_role("button", name="Apply").click()
    await expect(second.locator("#code-applied")).to_contain_text("in other baskets")
    await pay(first)
    await thanked(first)
    await fill_checkout(second, "bob@example.com")
    await second.get_by_role("button", name="Buy now").click()
    await expect(second.locator("#wrong-code")).to_contain_text("used up")
    await pages[1].look("a code used up")
    await second.get_by_label("Discount code").fill("")
    await second.get_by_role("button", name="Buy now").click()
    await second.wait_for_url(re.compile("/c/pay/"))

    await audit.visit("/console/codes")
    await expect(seller.get_by_role("row", name="ONCE-ONLY")).to_contain_text("Used up")
    await seller.get_by_role("link", name="ONCE-ONLY").click()
    await expect(seller.locator("#code-detail")).to_contain_text("1 order")
    await audit.look("a code used up")
    audit.verdict(app, {"/console/codes", "/console/codes/new", "/console/codes/{code_id}"})
    for page in pages:
        page.verdict(app, set())


async def test_an_offer_says_live_when_its_code_is_used_up(
    owner: Any, app: Any, visitors: Visitors, shop: Any
) -> None:
    offer = await make_offer(owner.viewer, now=utc_now())
    assert offer.own_code is not None
    await set_capacity(offer.own_code.stock_id, 1, utc_now())
    watching, buying = await visitors(width=PHONE), await visitors(java_script_enabled=False)
    await watching.goto(f"/p/{offer.short_id}")
    await live(watching)
    await expect(watching.locator("#code-uses")).to_contain_text("1 use left")
    await expect(watching.get_by_label("Discount code")).to_have_value("EARLY-BIRD")
    await buying.goto(f"/p/{offer.short_id}")
    await go_to_payment(buying, "ann@example.com")
    await expect(buying.get_by_text("Pay €13.30").first).to_be_visible()
    await expect(watching.locator("#code")).to_contain_text("in other baskets")
    await pay(buying)
    await thanked(buying)
    await expect(watching.locator("#code")).to_contain_text("used up")
    await expect(watching.locator(".price").first).to_contain_text("€19.00")
    audit = Audit(watching)
    await audit.look("an offer whose code is used up")
    audit.verdict(app, {"/p/{short_id}"})
