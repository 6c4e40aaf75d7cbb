"""A share link from the console to an early buyer without scripts, seen by one who looks on and by one who has no link."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from app.core.clock import utc_now
from tests.factories.pages import make_page
from tests.system.auditing import Audit
from tests.system.people import PHONE, Visitors
from tests.system.steps import live

pytestmark = pytest.mark.system

DAY = timedelta(days=1)


async def test_a_link_lets_one_in_early(
    owner: Any, visitors: Visitors, stripe_account: Any
) -> None:
    now = utc_now()
    page = await make_page(
        owner.viewer, now=now, launch_at=now + DAY, expires_at=now + 2 * DAY, amount=2000
    )
    console = await visitors(owner.viewer)
    await console.goto(f"/console/pages/{page.id}")
    await console.get_by_role("link", name="Share links").click()
    await console.get_by_label("Source").fill("friends")
    await console.get_by_label("Opens the page early").select_option("1 week before the launch")
    await console.get_by_label("Discount").fill("100")
    await console.get_by_label("How many times").fill("1")
    await console.get_by_role("button", name="Make link").click()
    card = console.get_by_role("article", name="friends")
    await expect(card).to_contain_text("1 of 1 uses left")
    url = await card.locator("code.address").first.inner_text()

    watching, plain = await visitors(), await visitors(java_script_enabled=False, width=PHONE)
    await watching.goto(url)
    await live(watching)
    await expect(watching.locator("#arrival")).to_contain_text("You are early")
    audit = Audit(watching)
    await audit.look("early")
    assert not audit.found, "\n".join(audit.found)

    await plain.goto(f"/p/{page.short_id}")
    await expect(plain.get_by_text("Starts in")).to_be_visible()
    await expect(plain.locator("#checkout")).to_have_count(0)
    await plain.goto(url)
    await plain.get_by_label("Your e-mail address").fill("ann@example.com")
    await plain.get_by_role("button", name="Get it for free").click()
    await plain.wait_for_url("**/orders/*")

    await expect(watching.locator("#arrival")).to_contain_text("used up")
    await expect(watching.get_by_text("Starts in")).to_be_visible()
    await console.reload()
    await expect(card).to_contain_text("Used up")
    await expect(card.locator(".stat", has_text="Orders")).to_contain_text("1")
