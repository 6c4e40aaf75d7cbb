"""Somebody takes their data along, in a browser; axe finds nothing on the pages about privacy."""

import io
import zipfile
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from litestar import Litestar
from playwright.async_api import expect

from app.core.clock import utc_now
from app.core.settings import get_settings
from app.privacy.jobs import close_overdue
from app.receipts.giving import REGISTRATION, give_receipt
from tests.system.auditing import Audit
from tests.system.pages import PRIVACY
from tests.system.people import Visitors
from tests.system.steps import mailed_link

pytestmark = pytest.mark.system

DATA = "/console/account/data"
ENDING = {"/account/erasure/{token}", "/console/account/erasure"}
ERASURE = "/console/account/erasure"
RETENTION = "/console/staff/retention"


async def test_taking_along_and_what_is_kept(
    owner: Any,
    app: Litestar,
    visitors: Visitors,
    shop: Any,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
) -> None:
    monkeypatch.setattr(get_settings(), "staff_emails", ["olivia@example.com"])
    page = await visitors(owner.viewer, reduced_motion="reduce")
    audit = Audit(page)
    await audit.visit("/privacy")
    await page.get_by_role("link", name="Your data").first.click()
    await page.get_by_role("button", name="Put it together").click()
    # Nobody looks again by hand.
    download = page.get_by_role("link", name="Download")
    await expect(download).to_be_visible()
    await audit.look(DATA)
    async with page.expect_download() as got:
        await download.click()
    await (await got.value).save_as(tmp_path / "mine.zip")
    with zipfile.ZipFile(io.BytesIO((tmp_path / "mine.zip").read_bytes())) as archive:
        assert b"olivia@example.com" in archive.read("account.json")
    number = await give_receipt(REGISTRATION, "rita@example.com", utc_now(), registrations=1)
    await audit.visit(f"/privacy/receipts/{number}")
    await page.get_by_label("E-mail address").fill("Rita@Example.com")
    await page.get_by_role("button", name="Check").click()
    await expect(page.get_by_role("status").first).to_contain_text("Yes")
    await audit.look("a receipt that fits")
    await page.goto(RETENTION)
    await page.get_by_role("button", name="Dry run").click()
    await expect(page.get_by_role("status").first).to_contain_text("Nothing was changed")
    await audit.look(RETENTION)
    audit.verdict(app, PRIVACY - ENDING)


async def test_an_account_ends_in_a_browser(
    owner: Any, app: Litestar, visitors: Visitors, shop: Any, inbox: Any
) -> None:
    page = await visitors(owner.viewer, reduced_motion="reduce")
    visitors.watch(page).allowed |= {410, 422}
    audit = Audit(page)
    await page.goto(DATA)
    await page.get_by_role("link", name="What it means").click()
    await audit.look(ERASURE)
    await page.get_by_label("Your password").fill("not this one")
    await page.get_by_role("button", name="End this account").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await audit.look(f"{ERASURE}, refused")
    await page.get_by_label("Type olivia@example.com").fill("olivia@example.com")
    await page.get_by_label("Your password").fill("correct horse 1")
    await page.get_by_role("button", name="End this account").click()
    await expect(page.get_by_text("This account is about to end")).to_be_visible()
    await audit.look(f"{DATA}, about to end")
    link = await mailed_link(inbox, "olivia@example.com", "/account/erasure/")
    await audit.visit(link)
    await page.get_by_role("button", name="Keep the account").click()
    await page.goto(DATA)
    await page.get_by_role("link", name="What it means").click()
    audit.verdict(app, ENDING)

    # And once more, in earnest.
    await page.get_by_label("Type olivia@example.com").fill("olivia@example.com")
    await page.get_by_label("Your password").fill("correct horse 1")
    await page.get_by_role("button", name="End this account").click()
    await expect(page.get_by_text("This account is about to end")).to_be_visible()
    await close_overdue({}, utc_now() + timedelta(days=8))
    await page.goto(DATA)
    await expect(page.get_by_role("heading", name="Log in")).to_be_visible()
    await page.get_by_label("Email").fill("olivia@example.com")
    await page.get_by_label("Password", exact=True).fill("correct horse 1")
    await page.get_by_role("button", name="Log in").click()
    await expect(page.get_by_role("alert")).to_be_visible()
    await page.goto(await mailed_link(inbox, "olivia@example.com", "/privacy/receipts/"))
    await page.get_by_label("E-mail address").fill("olivia@example.com")
    await page.get_by_role("button", name="Check").click()
    await expect(page.get_by_role("status").first).to_contain_text("Yes")
