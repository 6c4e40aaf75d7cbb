"""Axe finds nothing on the way in, on pages that say what went wrong, in the payment sandbox and in the inbox."""

from datetime import timedelta
from typing import Any
from unittest.mock import Mock

import pytest
from litestar import Litestar
from playwright.async_api import Page, expect

from app.auth.verifying import verification_token
from app.core.clock import utc_now
from app.core.errors import Conflict, Invalid, MayflyError, TooLarge, UpstreamFailed
from app.core.signing import sign_token
from tests.factories.pages import make_page
from tests.support import environment
from tests.system.auditing import Audit
from tests.system.pages import FRONT
from tests.system.people import Visitors
from tests.system.steps import DECLINED_CARD, go_to_payment, mailed_link, pay, thanked

pytestmark = pytest.mark.system

OLIVIA = "olivia@example.com"
# What a page's handler may meet, by how it is answered: refusals of ours, a bug, a database that is away.
WRONG: dict[int, MayflyError | Exception] = {
    409: Conflict(),
    413: TooLarge(),
    422: Invalid(),
    500: RuntimeError("a bug"),
    502: UpstreamFailed(),
    503: ConnectionRefusedError(),
}
DAY = timedelta(days=1)


async def send_empty(page: Page, address: str, button: str) -> None:
    await page.goto(address)
    await page.get_by_role("button", name=button, exact=True).click()
    await expect(page.get_by_role("alert").first).to_be_visible()


async def test_the_way_in(
    owner: Any, app: Litestar, visitors: Visitors, shop: Any, inbox: Any
) -> None:
    page = await visitors(reduced_motion="reduce")
    visitors.watch(page).allowed |= {403, 410, 422}
    audit = Audit(page)
    await audit.visit("/", "/pricing", "/signup", "/login", "/forgot")
    for address, button in (
        ("/signup", "Create account"),
        ("/login", "Log in"),
        ("/forgot", "Send the link"),
    ):
        await send_empty(page, address, button)
        await audit.look(f"{address}, refused")
    await page.goto("/forgot")
    await page.get_by_label("Email").fill(OLIVIA)
    await page.get_by_role("button", name="Send the link").click()
    await expect(page.get_by_role("heading", name="Check your mail")).to_be_visible()
    await audit.look("/forgot, sent")
    await audit.visit(await mailed_link(inbox, OLIVIA, "/reset/"), "/reset/forged")
    await send_empty(page, await mailed_link(inbox, OLIVIA, "/reset/"), "Save and log in")
    await audit.look("/reset, refused")
    token = verification_token(owner.viewer.user_id, OLIVIA, utc_now())
    await audit.visit(f"/verify/{token}", "/verify/forged")
    audit.verdict(app, FRONT)


async def test_what_went_wrong(
    owner: Any, app: Litestar, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await visitors(reduced_motion="reduce")
    audit = Audit(page)

    async def look(status: int, address: str) -> None:
        visitors.watch(page).allowed.add(status)
        answer = await page.goto(address)
        assert answer and answer.status == status
        await audit.look(str(status))

    user = {"user": str(owner.viewer.user_id), "print": "none"}
    await look(404, "/nowhere")
    await look(403, "/orders/forged")
    await look(410, "/reset/" + sign_token("reset", user, utc_now() - 2 * DAY, DAY))
    monkeypatch.setattr("app.orders.controllers.order.ADDRESS_RATE", "1/hour")
    await page.goto("/orders/forged")
    await look(429, "/orders/forged")
    for status, error in WRONG.items():
        monkeypatch.setattr("app.home.controllers.page", Mock(side_effect=error))
        await look(status, "/")
    audit.verdict(app, set())


async def test_the_payment_sandbox_and_the_inbox(
    owner: Any, app: Litestar, visitors: Visitors, shop: Any, inbox: Any
) -> None:
    sale = await make_page(owner.viewer, now=utc_now(), quantity=3)
    page = await visitors(reduced_motion="reduce")
    visitors.watch(page).allowed |= {402, 404, 410, 422}
    audit = Audit(page)
    await page.goto(f"/p/{sale.short_id}")
    await go_to_payment(page, "vera@example.com")
    payment = page.url
    await audit.look("payment")
    await page.get_by_role("button", name="Pay ").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await audit.look("payment, incomplete")
    await pay(page, DECLINED_CARD)
    await expect(page.get_by_label("Card number")).to_have_attribute("aria-invalid", "true")
    await audit.look("payment, declined")
    await pay(page)
    await thanked(page)
    await audit.visit(payment)

    stripe = environment.shared()["stripe_base"]
    await audit.visit(f"{stripe}/?account={shop.key.removeprefix('sk_test_')}", f"{stripe}/nowhere")
    await page.goto(f"{stripe}/?account={shop.key.removeprefix('sk_test_')}")
    await page.locator("a[href*='/events/']").first.click()
    await page.wait_for_url("**/events/*")
    await audit.look("an event")

    await mailed_link(inbox, "vera@example.com", "/orders/")
    (mail,) = await inbox("vera@example.com")
    await audit.visit(inbox.url, f"{inbox.url}/?to=nobody@example.com")
    await page.goto(f"{inbox.url}/?to=vera@example.com")
    await page.locator("a[href*='/messages/']").first.click()
    for view in ("html", "text", "source"):
        await audit.visit(f"{page.url.partition('?')[0]}?view={view}")
    # As a mail program shows it; the inbox's own frame runs no scripts, axe's included.
    await page.goto("about:blank")
    await page.set_content(mail["html"])
    await audit.look("a mail")
    audit.verdict(app, set())
