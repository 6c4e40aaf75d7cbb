"""Axe finds nothing on what visitors and buyers see, in every state of a page and of a purchase."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from app.auth.viewer import Viewer
from app.core.clock import utc_now
from app.orders.links import download_path, order_path
from app.pages import ending, loading, pausing
from app.pages.sharing import preview_url
from app.pages.terms import Afterlife
from app.products.importing import import_file
from app.products.kinds import FileKind
from app.stock import holding
from tests.factories.deliveries import make_sold
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product, picture
from tests.factories.stock import make_hold
from tests.system.auditing import Audit, get_routes
from tests.system.pages import BUYERS, CONSOLE, FRONT, NOT_PAGES, REGISTERING, VISITORS, WAITING
from tests.system.people import Visitors
from tests.system.steps import go_to_payment, pay_by_debit

pytestmark = pytest.mark.system

HOUR = timedelta(hours=1)
ELSEWHERE = "198.51.100.7"


def test_every_page_there_is_has_been_put_on_the_list(app: Any) -> None:
    pages = VISITORS | BUYERS | FRONT | CONSOLE | WAITING | REGISTERING
    assert not get_routes(app) - pages - NOT_PAGES
    assert not pages - get_routes(app)


async def with_cover(viewer: Viewer, name: str) -> Any:
    product = await make_product(viewer, now=utc_now(), name=name)
    await import_file(product, "cover.jpg", picture(), utc_now(), kind=FileKind.COVER)
    return product


async def taken(viewer: Viewer, *, sold: bool, **settings: Any) -> str:
    """Make a page of two units that are held, or sold; return its short id."""
    page = await make_page(viewer, now=utc_now(), quantity=2, **settings)
    assert page.stock_id
    hold = await make_hold({page.stock_id: 2}, utc_now())
    if sold:
        await holding.sell(hold, utc_now())
    return page.short_id


async def test_a_sale_in_every_state(owner: Any, app: Any, visitors: Visitors, shop: Any) -> None:
    now, viewer = utc_now(), owner.viewer
    page = await visitors(reduced_motion="reduce")
    visitors.watch(page).allowed.add(410)
    audit = Audit(page)
    products = [await with_cover(viewer, name) for name in ("Field guide", "River sounds")]

    draft = await make_draft(viewer, now=now, products=products)
    coming = await make_page(viewer, now=now, launch_at=now + HOUR, expires_at=now + 2 * HOUR)
    running = await make_page(viewer, now=now, products=products, per_item=(3, 30))
    paused = await make_page(viewer, now=now)
    await pausing.pause(paused, viewer.user_id, now, moves_deadline=False)
    held = await taken(viewer, sold=False)
    sold_out = await taken(viewer, sold=True, keep_open_when_sold_out=True)
    by_limit = await taken(viewer, sold=True)
    await ending.retire_sold_out(utc_now())
    over = await make_page(viewer, now=now - 2 * HOUR, expires_at=now - HOUR)
    long_ago = now - timedelta(days=60)
    gone = await make_page(viewer, now=long_ago, afterlife=Afterlife(gone_after_days=30))

    await audit.visit(preview_url(draft, now))
    for short_id, words in {
        coming.short_id: "Starts in",
        running.short_id: "Ends in",
        paused.short_id: "Paused for the moment",
        held: "All in baskets",
        sold_out: "Sold out",
        by_limit: "This sale is over",
        over.short_id: "This sale has ended",
        gone.short_id: "This page has retired",
    }.items():
        await audit.visit(f"/p/{short_id}")
        await expect(page.locator("body")).to_contain_text(words)
    await audit.visit(*(f"/p/{made.short_id}/embed" for made in (running, over, gone)))
    await audit.visit("/console/styleguide/page")
    audit.verdict(app, VISITORS - {"/p/{short_id}/hold"})


async def test_a_visitors_own_hold_and_a_refused_checkout(
    owner: Any, app: Any, visitors: Visitors, shop: Any
) -> None:
    sale = await make_page(owner.viewer, now=utc_now(), quantity=3)
    page = await visitors(reduced_motion="reduce")
    visitors.watch(page).allowed |= {409, 422}
    audit = Audit(page)
    await page.goto(f"/p/{sale.short_id}")
    await page.locator("#checkout").evaluate("(form) => { form.noValidate = true; }")
    await page.get_by_role("button", name="Buy now").click()
    await expect(page.get_by_role("alert")).to_contain_text("check the marked fields")
    await audit.look("a refused checkout")
    await page.goto(f"/p/{sale.short_id}")
    await go_to_payment(page, "hanna@example.com")
    payment = page.url
    await audit.visit(f"/p/{sale.short_id}", f"/p/{sale.short_id}/hold")
    # A payment that takes long: what waits stays as it is while it is looked at.
    await page.route("**/download/status*", lambda _route: None)
    await page.goto(payment)
    await pay_by_debit(page)
    await audit.visit(f"{page.url}&attempt=99")
    await expect(page.get_by_role("heading", name="Your payment is under way")).to_be_visible()
    await pausing.pause(
        await loading.by_id(sale.id), owner.viewer.user_id, utc_now(), moves_deadline=True
    )
    await audit.visit(f"/p/{sale.short_id}")
    audit.verdict(app, {"/p/{short_id}", "/p/{short_id}/hold"})


async def test_after_the_payment(owner: Any, app: Any, visitors: Visitors, shop: Any) -> None:
    now, viewer = utc_now(), owner.viewer
    page = await visitors(reduced_motion="reduce")
    visitors.watch(page).allowed |= {400, 403, 410, 422}
    # What waits stays as it is while it is looked at.
    await page.route("**/download/status*", lambda _route: None)
    audit = Audit(page)
    sold = await make_sold(viewer, now, files=("guide.pdf", "notes.pdf"))
    refunded = await make_sold(viewer, now, state="refunded", refunded_amount=1299)
    await audit.visit(
        f"/download?session_id={sold.session_id}",
        "/download?session_id=cs_test_unheardof",
        "/download?session_id=cs_test_unheardof&attempt=1",
        "/download?session_id=x",
        order_path(sold.id, now),
        order_path(refunded.id, now),
        order_path(sold.id, now - timedelta(days=4000)),
        "/orders/forged",
        download_path(sold.id, sold.files[0], ELSEWHERE, now),
        download_path(sold.id, sold.files[0], "127.0.0.1", now - HOUR),
        download_path(refunded.id, refunded.files[0], "127.0.0.1", now),
        "/orders/recover",
    )
    await page.get_by_role("button", name="Send me the link").click()
    await expect(page.get_by_label("Your e-mail address")).to_have_attribute("aria-invalid", "true")
    await audit.look("recover, refused")
    await page.get_by_label("Your e-mail address").fill("ann@example.com")
    await page.get_by_role("button", name="Send me the link").click()
    await audit.look("recover, sent")
    audit.verdict(app, BUYERS)
