"""A forgotten password is replaced by mail, and the old one is worth nothing."""

from typing import Any

import pytest
from playwright.async_api import Page, expect

from tests.system.people import Visitors
from tests.system.steps import mailed_link

pytestmark = pytest.mark.system

OLD, NEW = "correct horse 1", "a heron stood very still"


async def log_in(page: Page, password: str) -> None:
    await page.goto("/login")
    await page.get_by_label("Email").fill("olivia@example.com")
    await page.get_by_label("Password", exact=True).fill(password)
    await page.get_by_role("button", name="Log in").click()


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
