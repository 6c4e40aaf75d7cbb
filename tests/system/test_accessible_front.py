"""Axe finds nothing on the way in, on pages that say what went wrong, and in a mail."""

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
from tests.system.auditing import Audit
from tests.system.pages import FRONT
from tests.system.people import Visitors
from tests.system.steps import go_to_payment, mailed_link, pay, thanked

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
    monkeypatch.setattr("app.orders.controllers.order.ADDRESS_RATE", 1)
    await page.goto("/orders/forged")
    await look(429, "/orders/forged")
    for status, error in WRONG.items():
        monkeypatch.setattr("app.home.controllers.page", Mock(side_effect=error))
        await look(status, "/")
    audit.verdict(app, set())


async def test_a_mail_as_a_mail_program_shows_it(
    owner: Any, app: Litestar, visitors: Visitors, shop: Any, inbox: Any
) -> None:
    sale = await make_page(owner.viewer, now=utc_now(), quantity=3)
    page = await visitors(reduced_motion="reduce")
    await page.goto(f"/p/{sale.short_id}")
    await go_to_payment(page, "vera@example.com")
    await pay(page)
    await thanked(page)
    await mailed_link(inbox, "vera@example.com", "/orders/")
    (mail,) = await inbox("vera@example.com")
    # The inbox's own frame runs no scripts, axe's included.
    await page.goto("about:blank")
    await page.set_content(mail["html"])
    audit = Audit(page)
    await audit.look("a mail")
    audit.verdict(app, set())
