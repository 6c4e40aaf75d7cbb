"""What people do on the pages, each step as they would: by labels and buttons."""

import asyncio
import hashlib
import re
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from playwright.async_api import Page, expect

from app.core.local_times import fold_of
from tests.support.patience import PATIENCE_SECONDS

GOOD_CARD, DECLINED_CARD = "4242 4242 4242 4242", "4000 0000 0000 0002"
# Its clocks never change.
STEADY_ZONE = "Asia/Kolkata"
PAYMENT_PAGE = re.compile(r"/c/pay/")
THANKS = "Thank you. It's yours."


async def fill_checkout(page: Page, email: str, quantity: int = 1) -> None:
    await page.get_by_label("How many").fill(str(quantity))
    await page.get_by_label("Your e-mail address").fill(email)


async def go_to_payment(page: Page, email: str, quantity: int = 1) -> None:
    """From the public page to the hosted payment page."""
    await fill_checkout(page, email, quantity)
    await page.get_by_role("button", name="Buy now").click()
    await page.wait_for_url(PAYMENT_PAGE)


async def pay(page: Page, card: str = GOOD_CARD) -> None:
    """Fill in the hosted payment page and send it."""
    await page.get_by_label("Card number").fill(card)
    await page.get_by_label("Expiry").fill("12/40")
    await page.get_by_label("CVC").fill("123")
    await page.get_by_label("Name on card").fill("Vera Visitor")
    await page.get_by_role("button", name=re.compile("^Pay ")).click()


async def pay_by_debit(page: Page) -> None:
    """Choose, on the hosted payment page, what the bank confirms only later."""
    await page.get_by_label("Bank debit that arrives later").check()
    await page.get_by_role("button", name=re.compile("^Pay ")).click()
    await page.wait_for_url("**/download?**")


async def thanked(page: Page) -> None:
    """The download page has confirmed the payment."""
    await expect(page.get_by_role("heading", name=THANKS)).to_be_visible()


def local_input(moment: datetime, zone: str) -> str:
    """Return `moment` as a datetime-local field of `zone` takes it: to the minute, rounded up.

    Only for zones whose clocks never change: in others an autumn's night shows times twice, and the form would ask which.
    """
    typed = (moment + timedelta(seconds=59)).astimezone(ZoneInfo(zone))
    assert not fold_of(typed, zone), "type times in STEADY_ZONE"
    return typed.strftime("%Y-%m-%dT%H:%M")


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


async def live(page: Page) -> None:
    """The page's event stream is open: what changes from here on is pushed to it."""
    await page.locator("html[data-heard-clock]").wait_for(state="attached")


async def mailed_link(inbox: Any, address: str, part: str) -> str:
    """Return the newest link with `part` that was mailed to `address`, once it is there."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while True:
            for message in await inbox(address):
                if found := [link for link in message["links"] if part in link]:
                    return found[0]
            await asyncio.sleep(0.1)
