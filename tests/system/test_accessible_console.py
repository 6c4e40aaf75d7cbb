"""Axe finds nothing in the console: empty, filled, refused, with its dialogs open."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from playwright.async_api import Page, expect

from app.core.clock import utc_now
from app.pages import ending, pausing
from tests.factories.deliveries import make_sold
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product
from tests.system.auditing import Audit
from tests.system.people import Visitors

pytestmark = pytest.mark.system

DAY = timedelta(days=1)
PAGES, PRODUCTS, ORDERS = "/console/pages", "/console/products", "/console/orders"


async def looks(audit: Audit, page: Page, button: str, dialog: str) -> None:
    """Open a dialog by its button, look at it, and leave it as people do."""
    opener = page.get_by_role("button", name=button, exact=True).first
    await opener.click()
    await expect(page.locator("dialog[open]")).to_contain_text(dialog)
    await audit.look(f"{button}, asked")
    await page.keyboard.press("Escape")
    await expect(page.locator("dialog[open]")).to_have_count(0)
    await expect(opener).to_be_focused()


async def test_pages_and_their_editor(owner: Any, app: Litestar, visitors: Visitors) -> None:
    now, viewer = utc_now(), owner.viewer
    page = await visitors(viewer, reduced_motion="reduce")
    visitors.watch(page).allowed.add(422)
    audit = Audit(page)
    await audit.visit(PAGES, f"{PAGES}/new")
    draft = await make_draft(viewer, now=now)
    running = await make_page(viewer, now=now, per_item=[5])
    await make_page(viewer, now=now, launch_at=now + DAY, expires_at=now + 2 * DAY)
    paused, over = await make_page(viewer, now=now), await make_page(viewer, now=now)
    await pausing.pause(paused, viewer.user_id, now, moves_deadline=True)
    await ending.end(over, viewer.user_id, now)
    await audit.visit(PAGES, f"{PAGES}?q=nothing+like+it")
    await audit.visit(*(f"{PAGES}/{made.id}" for made in (draft, paused, over, running)))
    for button, dialog in (
        ("Pause", "Pause this page?"),
        ("Extend", "New end"),
        ("Add stock", "Pieces to add"),
        ("End", "for good"),
    ):
        await looks(audit, page, button, dialog)
    await audit.visit(f"{PAGES}/{running.id}/edit", f"{PAGES}/{draft.id}/edit")
    await page.get_by_label("Title").fill("")
    await page.get_by_role("button", name="Save").click()
    await expect(page.locator("#page-editor > [role=alert]")).to_be_visible()
    await audit.look("the editor, refused")
    pages = {"", "/new", "/{page_id}", "/{page_id}/edit"}
    audit.verdict(app, {PAGES + path for path in pages})


async def test_products_and_orders(owner: Any, app: Litestar, visitors: Visitors) -> None:
    now, viewer = utc_now(), owner.viewer
    page = await visitors(viewer, reduced_motion="reduce")
    visitors.watch(page).allowed.add(422)
    audit = Audit(page)
    await audit.visit(PRODUCTS, ORDERS, f"{PRODUCTS}/new")
    await page.get_by_label("Name").fill("River sounds")
    await page.get_by_label("Price").fill("-3")
    await page.get_by_role("button", name="Create product").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await audit.look("a product, refused")
    product = await make_product(viewer, now=now)
    sold = await make_sold(viewer, now)
    refunded = await make_sold(viewer, now, state="refunded", refunded_amount=1299)
    await audit.visit(PRODUCTS, f"{PRODUCTS}/{product}", ORDERS, f"{ORDERS}?q=nobody")
    await audit.visit(f"{ORDERS}/{refunded.id}", f"{ORDERS}/{sold.id}")
    await looks(audit, page, "Refund", "Send the money back")
    pages = {PRODUCTS, f"{PRODUCTS}/new", PRODUCTS + "/{product_id}"}
    audit.verdict(app, pages | {ORDERS, ORDERS + "/{order_id}"})


async def test_the_style_guide(owner: Any, app: Litestar, visitors: Visitors) -> None:
    audit = Audit(await visitors(owner.viewer, reduced_motion="reduce"))
    await audit.visit("/console/styleguide")
    audit.verdict(app, {"/console/styleguide"})
