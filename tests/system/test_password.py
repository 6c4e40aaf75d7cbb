"""A forgotten password is replaced by mail, and the old one is worth nothing."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.system.people import PATIENCE_MS, Visitors

pytestmark = pytest.mark.system

OLD, NEW = "correct horse 1", "a heron stood very still"


async def log_in(page: Page, password: str) -> None:
    await page.goto("/login")
    await page.get_by_label("Email").fill("olivia@example.com")
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Log in").click()


async def mailed_link(inbox: Any, address: str, part: str) -> str:
    """Return the newest link with `part` that was mailed to `address`, once it is there."""
    async with asyncio.timeout(PATIENCE_MS / 1000):
        while True:
            for message in await inbox(address):
                if found := [link for link in message["links"] if part in link]:
                    return found[0]
            await asyncio.sleep(0.1)


async def test_reset_by_mail(owner: Any, visitors: Visitors, shop: Any, inbox: Any) -> None:
    seller, thief = await visitors(), await visitors(owner.viewer)
    await seller.goto("/login")
    await seller.get_by_role("link", name="Forgotten the password?").click()
    await seller.get_by_label("Email").fill("olivia@example.com")
    await seller.get_by_role("button", name="Send the link").click()
    await seller.goto(await mailed_link(inbox, "olivia@example.com", "/reset/"))
    await seller.get_by_label("New password").fill(NEW)
    await seller.get_by_role("button", name="Save and log in").click()
    await seller.wait_for_url("**/console/pages")

    await thief.goto("/console/pages")
    await expect(thief.get_by_role("heading", name="Log in")).to_be_visible()
    visitors.watch(thief).allowed.add(422)
    await log_in(thief, OLD)
    await expect(thief.get_by_role("alert")).to_be_visible()
    await log_in(thief, NEW)
    await thief.wait_for_url("**/console/pages")
