"""The main job, as two people do it: one signs up and sells a file, the other buys it and gets the very bytes."""

import os
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core.clock import utc_now
from tests.system.people import PHONE, Visitors
from tests.system.steps import (
    STEADY_ZONE,
    go_to_payment,
    local_input,
    mailed_link,
    pay,
    sha256,
    thanked,
)

pytestmark = pytest.mark.system

MEBIBYTE = 1024 * 1024
# Two parts of an upload, so that it is seen to be on its way.
FILE_SIZE = 9 * MEBIBYTE
# Notes what the upload's progress bar shows; the bar is gone when the upload is.
NOTE_PROGRESS = """() => {
  window.progress = [];
  new MutationObserver(() => {
    const bar = document.querySelector("[data-upload-queue] progress");
    if (bar) window.progress.push(bar.value / bar.max);
  }).observe(document.body, { childList: true, subtree: true, characterData: true });
}"""


async def sign_up(page: Page) -> None:
    await page.goto("/signup")
    await page.get_by_label("Your name").fill("Sara Seller")
    await page.get_by_label("Email").fill("sara@example.com")
    await page.get_by_label("Password").fill("four mayflies over water")
    await page.get_by_role("button", name="Create account").click()
    await page.wait_for_url("**/console/pages")
    await expect(page.locator("#confirm-address")).to_contain_text("sara@example.com")


async def confirm_address(page: Page, inbox: Any) -> None:
    """Open the link in the welcome mail; mail programs do too, so it takes a button."""
    await page.goto(await mailed_link(inbox, "sara@example.com", "/verify/"))
    await page.get_by_role("button", name="Yes, confirm it").click()
    await page.wait_for_url("**/console/pages")
    await expect(page.locator("#confirm-address")).to_have_count(0)


async def make_product(page: Page, file: Path) -> None:
    await page.get_by_role("link", name="Products").click()
    await page.get_by_role("link", name="New product").first.click()
    await page.get_by_label("Name").fill("River sounds")
    await page.get_by_label("Price").fill("12.50")
    await page.get_by_label("Currency").select_option("EUR")
    await page.get_by_role("button", name="Create product").click()
    await expect(page.get_by_role("heading", name="River sounds")).to_be_visible()
    await page.evaluate(NOTE_PROGRESS)
    await page.set_input_files("#files-original-input", file)
    await expect(page.locator("#files-original .ready")).to_contain_text(file.name)
    shown: list[float] = await page.evaluate("window.progress")
    assert any(0 < part < 1 for part in shown), shown
    assert shown == sorted(shown)


async def put_up_sale(page: Page) -> str:
    """Make and publish a page in the editor; return its public address."""
    await page.goto("/console/pages/new")
    await page.get_by_role("radio", name="Flash sale").check()
    await page.get_by_label("Title").fill("One hour of river")
    await page.get_by_label("Time zone").select_option(STEADY_ZONE)
    await page.get_by_role("button", name="Create draft").click()
    await page.wait_for_url("**/edit")
    preview = page.frame_locator("#preview-frame")
    await page.get_by_role("button", name="Add", exact=True).click()
    await expect(page.get_by_label("Price here")).to_have_value("12.50")
    await page.get_by_label("Discount").fill("20")
    await page.get_by_text("So many altogether", exact=True).click()
    await page.get_by_label("Pieces altogether").fill("3")
    end = utc_now() + timedelta(hours=1)
    await page.get_by_label("End of the sale").fill(local_input(end, STEADY_ZONE))
    await expect(preview.locator(".prices")).to_contain_text("€10.00")
    await page.get_by_role("button", name="Publish now").click()
    await page.locator("#confirm-yes").click()
    await page.wait_for_url("**/console/pages/*")
    address = page.locator("#page-detail code.address").first
    await expect(address).to_contain_text("/p/")
    return await address.inner_text()


async def test_from_signing_up_to_the_very_bytes(
    visitors: Visitors, shop: Any, inbox: Any, tmp_path: Path
) -> None:
    file = tmp_path / "river “at dawn”.flac"
    file.write_bytes(os.urandom(FILE_SIZE))
    seller, buyer = await visitors(), await visitors(width=PHONE)
    await sign_up(seller)
    await confirm_address(seller, inbox)
    await make_product(seller, file)
    address = await put_up_sale(seller)

    await buyer.goto(address)
    await expect(buyer.get_by_role("heading", level=1)).to_have_text("One hour of river")
    await expect(buyer.locator("#stock-page")).to_contain_text("3 left")
    await go_to_payment(buyer, "vera@example.com")
    async with buyer.expect_download() as started:
        await pay(buyer)
        await thanked(buyer)
    download = await started.value
    assert download.suggested_filename == file.name
    assert sha256((await download.path()).read_bytes()) == sha256(file.read_bytes())

    await seller.goto("/console/orders")
    row = seller.get_by_role("row", name="vera@example.com")
    await expect(row).to_contain_text("€10.00")
    await expect(row).to_contain_text("Completed")
