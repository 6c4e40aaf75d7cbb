"""A plan's whole way in a browser: a limit is met, a larger plan is paid for, and given up again; looked at by axe on the way."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from litestar import Litestar
from playwright.async_api import Page, expect

from app.billing.queries import live_of
from app.core import db
from app.core.clock import utc_now
from app.core.settings import get_settings
from tests.factories.billing import allowing
from tests.factories.products import make_product
from tests.support.patience import PATIENCE_SECONDS
from tests.system.auditing import Audit
from tests.system.pages import BILLING
from tests.system.people import Visitors
from tests.system.steps import pay

pytestmark = pytest.mark.system

HERE = "/console/billing"


async def new_product(page: Page, name: str) -> None:
    await page.goto("/console/products/new")
    await page.get_by_label("Name").fill(name)
    await page.get_by_label("Price").fill("3")
    await page.get_by_role("button", name="Create product").click()


async def test_a_limit_a_larger_plan_and_back(
    owner: Any,
    app: Litestar,
    visitors: Visitors,
    shop: Any,
    stripe_account: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(get_settings(), "default_plan", "free")
    await make_product(owner.viewer, now=utc_now())
    page = await visitors(owner.viewer, reduced_motion="reduce")
    visitors.watch(page).allowed.add(402)
    audit = Audit(page)
    async with allowing(products=1):
        await new_product(page, "River sounds")
        await expect(page.get_by_role("alert")).to_contain_text("room for 1 active product")
        await audit.look("a limit, met")
        # The form keeps what was typed; the way there and back is in tests/billing/test_returning.py.
        way = page.get_by_role("button", name="Create it hidden and see the plans")
        await expect(way).to_be_visible()
        await expect(page.get_by_label("Name", exact=True)).to_have_value("River sounds")
        await page.goto(HERE)
        await expect(page.get_by_role("heading", name="Plan and billing")).to_be_visible()
        await audit.visit(HERE, f"{HERE}/plans/basic", f"{HERE}/invoices")
        await page.goto(f"{HERE}/plans/basic")
        await page.get_by_role("button", name="Continue to payment").click()
        await pay(page)
        await page.wait_for_url(f"**{HERE}")
        await expect(page.locator("#present")).to_contain_text("Basic")
        await new_product(page, "River sounds")
        await expect(page.get_by_role("heading", name="River sounds")).to_be_visible()

        await audit.visit(f"{HERE}/plans/premium", f"{HERE}/plans/free", f"{HERE}/invoices")
        await page.goto(f"{HERE}/plans/free")
        await expect(page.locator(".notice.warn")).to_contain_text("Active products: 2, allowed 1")
        await page.get_by_role("button", name="Let it end with its period").click()
        await expect(page.locator("#present")).to_contain_text("Ends")
        live = await live_of(owner.viewer.organization_id)
        assert live is not None and live.stripe_id is not None
        await stripe_account.subscription(live.stripe_id, "end-period")
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not await _over(owner.viewer.organization_id):
                await asyncio.sleep(0.1)
        await page.goto("/console/pages")
        await expect(page.locator(".banner")).to_contain_text("more than your plan allows")
        await audit.look("more than the plan allows")
        await page.get_by_role("link", name="See what to do").click()
        await expect(page.get_by_text("Too much")).to_be_visible()
        await audit.visit(HERE)
    audit.verdict(app, BILLING)


async def _over(organization_id: UUID) -> bool:
    """Stripe has told us, and what is too much was noted."""
    noted = "SELECT EXISTS (SELECT 1 FROM plan_overrun WHERE organization_id = $1)"
    return await live_of(organization_id) is None and await db.fetch_value(noted, organization_id)
