"""The staff area in a browser: a page is suspended, a flag set, a dead letter tried again, and axe finds nothing."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from playwright.async_api import Page, expect

from app.billing.plans import all_plans
from app.core import db
from app.core.clock import utc_now
from app.core.settings import get_settings
from tests.factories.orders import buy, make_sale
from tests.staff.test_operations import dead_letter
from tests.system.auditing import Audit
from tests.system.pages import STAFF
from tests.system.people import Visitors

pytestmark = pytest.mark.system

AREA = "/console/staff"
HOME = f"{AREA}/operations"


async def confirmed(page: Page, button: str) -> None:
    """Press a button that asks, and say yes."""
    await page.get_by_role("button", name=button, exact=True).click()
    await page.locator("#confirm-yes").click()


async def test_the_staff_area(
    owner: Any,
    app: Litestar,
    visitors: Visitors,
    stripe_account: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(get_settings(), "staff_emails", [owner.viewer.email])
    page = await visitors(owner.viewer, reduced_motion="reduce")
    visitors.watch(page).allowed |= {404, 422}
    audit = Audit(page)
    await audit.visit(AREA, f"{AREA}/pages", HOME)
    sale = await make_sale(owner.viewer, utc_now() - timedelta(minutes=20), discount=100)
    placed = await buy(sale, utc_now() - timedelta(minutes=19))
    await db.execute("DELETE FROM pgqueuer")
    await db.execute("UPDATE stock SET sold = sold + 1")
    await dead_letter()
    await audit.visit(HOME)
    await page.get_by_role("button", name="Check now").click()
    report = page.locator("#invariant-report")
    await expect(report).to_contain_text("sold 2, paid for")
    await expect(report).to_contain_text("Repaired")
    await audit.look("checked")
    await page.get_by_role("button", name="Retry").click()
    await expect(page.locator("#dead-letters")).to_contain_text("No job gave up")

    await page.goto(f"{AREA}?q=example.com")
    await audit.look("found")
    await page.get_by_role("link", name="Olivia").click()
    await audit.look("an account")
    await audit.visit(f"{AREA}/orders/{placed.order_id}", f"{AREA}/pages/{sale.page_id}")
    await confirmed(page, "Suspend")
    await expect(page.get_by_role("alert")).to_be_visible()
    await audit.look("a suspension, refused")
    await page.get_by_label("Reason, as the owners will read it").fill("Not theirs")
    await confirmed(page, "Suspend")
    await expect(page.get_by_role("button", name="Lift the suspension")).to_be_visible()
    await audit.visit(f"{AREA}/pages", f"/p/{sale.short_id}")
    await expect(page.get_by_role("heading", name="Not available right now")).to_be_visible()

    await audit.visit(f"{AREA}/flags")
    await page.get_by_role("button", name="Set flag").click()
    await page.get_by_label("its id, or a member's address").fill("olivia@example.com")
    await page.get_by_role("button", name="Off for it").click()
    await expect(page.get_by_role("button", name="Take back")).to_be_visible()
    await audit.look("a flag, set")
    plan = (await all_plans())[0]
    await audit.visit(f"{AREA}/plans", f"{AREA}/plans/{plan.id}", f"{AREA}/log")
    await expect(page.locator("#staff-log")).to_contain_text("Suspended a page")
    audit.verdict(app, STAFF)
