"""Somebody looks after their account: two-factor on, logging in with it and without the phone, another address.

Axe looks at each step.
"""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar
from playwright.async_api import Page, expect
from pyotp.totp import TOTP

from app.core import db
from app.core.clock import utc_now
from tests.system.auditing import Audit
from tests.system.pages import ACCOUNT
from tests.system.people import Visitors
from tests.system.steps import mailed_link

pytestmark = pytest.mark.system

HOME = "/console/account"
OLD, NEW, PASSWORD = "olivia@example.com", "olivia-journey@example.org", "correct horse 1"


async def show_password(page: Page) -> None:
    """The first step of logging in."""
    await page.goto("/login")
    await page.get_by_label("Email").fill(OLD)
    await page.get_by_label("Password", exact=True).fill(PASSWORD)
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url("**/login/code")


async def log_out(page: Page) -> None:
    await page.locator("details.account > summary").click()
    await page.get_by_role("button", name="Log out", exact=True).click()
    await page.wait_for_url("**/login")


async def refused(audit: Audit, address: str, button: str) -> None:
    await audit.page.goto(address)
    await audit.page.get_by_role("button", name=button, exact=True).click()
    await expect(audit.page.get_by_role("alert")).to_be_visible()
    await audit.look(f"{address}, refused")


async def newcomer(audit: Audit) -> None:
    """What the console says until the address is confirmed."""
    await db.execute('UPDATE "user" SET verified_at = NULL')
    await audit.visit("/console/pages")
    await audit.page.get_by_role("button", name="Send the link again").click()
    notice = audit.page.locator("#confirm-address")
    await expect(notice).to_contain_text(f"A new link is on its way to {OLD}.")
    await audit.look("asked for the link again")
    await db.execute('UPDATE "user" SET verified_at = now()')


async def turn_on(audit: Audit) -> tuple[str, list[str]]:
    """Return the key that the page shows, and the recovery codes."""
    page = audit.page
    await page.goto(HOME)
    await page.get_by_role("link", name="Two-factor").click()
    await audit.look("two-factor, off")
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_role("button", name="Set it up").click()
    await expect(page.locator(".qr-frame svg")).to_be_visible()
    secret = (await page.locator("code.key").inner_text()).replace(" ", "")
    await audit.visit(f"{HOME}/two-factor/setup")
    await page.get_by_label("Code", exact=True).fill(TOTP(secret).at(utc_now()))
    await page.get_by_role("button", name="Turn on").click()
    await expect(page.locator(".codes li")).to_have_count(10)
    await audit.look("the recovery codes")
    async with page.expect_download() as started:
        await page.get_by_role("button", name="Download").click()
    codes = (await (await started.value).path()).read_text().split()[-10:]
    assert codes == await page.locator(".codes code").all_inner_texts()
    await page.get_by_role("link", name="I have kept them").click()
    await expect(page.locator("#two-factor")).to_contain_text("10 of 10")
    return secret, codes


async def test_two_factor_is_turned_on_and_lets_her_in_with_the_phone_and_without(
    owner: Any, app: Litestar, visitors: Visitors, shop: Any, inbox: Any
) -> None:
    page = await visitors(owner.viewer, reduced_motion="reduce")
    visitors.watch(page).allowed.add(422)
    audit = Audit(page)
    await newcomer(audit)
    secret, codes = await turn_on(audit)
    two_factor = f"{HOME}/two-factor"
    await audit.visit(two_factor, f"{two_factor}/codes", f"{two_factor}/removal")
    await refused(audit, f"{two_factor}/removal", "Turn off")
    await refused(audit, f"{HOME}/password", "Change password")
    await log_out(page)

    await show_password(page)
    await audit.look("a code, please")
    await page.goto(HOME)
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    await refused(audit, "/login/code", "Log in")
    # The one after that which turned it on: each counts once, and clocks may be a little off.
    await page.get_by_label("Code", exact=True).fill(
        TOTP(secret).at(utc_now() + timedelta(seconds=30))
    )
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url("**/console/**")
    await log_out(page)

    await show_password(page)
    await page.get_by_role("link", name="Use a recovery code").click()
    await audit.look("a recovery code, please")
    await page.get_by_label("Recovery code").fill(codes[0])
    await page.get_by_role("button", name="Log in").click()
    await page.wait_for_url("**/console/**")
    await page.goto(two_factor)
    await expect(page.locator("#two-factor")).to_contain_text("9 of 10")

    await audit.visit(f"{HOME}/notices", f"{HOME}/sessions", f"{HOME}/security")
    await expect(page.locator("#security-log")).to_contain_text("Recovery code used")
    await another_address(audit, inbox, codes[1])
    audit.verdict(app, ACCOUNT)


async def another_address(audit: Audit, inbox: Any, code: str) -> None:
    page = audit.page
    await audit.visit(HOME)
    await refused(audit, HOME, "Change address")
    await page.get_by_label("New address").fill(NEW)
    await page.get_by_label("Your password").fill(PASSWORD)
    await page.get_by_label("Code", exact=True).fill(code)
    await page.get_by_role("button", name="Change address").click()
    await expect(page.locator("#account-address")).to_contain_text(f"Waiting for {NEW}")
    await audit.look("waiting for another address")
    undo = await mailed_link(inbox, OLD, "/address/undo/")
    await audit.visit(undo, await mailed_link(inbox, NEW, "/address/confirm/"))
    await page.get_by_role("button", name="Yes, change it").click()
    await expect(page.locator("#account-address")).to_contain_text(f"You log in with {NEW}")
    await page.goto(undo)
    await audit.look("undoing it")
    await page.get_by_role("button", name="Undo it").click()
    await page.wait_for_url("**/reset/**")
    await expect(page.get_by_role("heading", name="Choose a new password")).to_be_visible()
