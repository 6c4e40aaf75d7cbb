"""The sandbox's pages in a real browser: axe finds nothing, light and dark, narrow and wide; no script runs."""

import smtplib
from email.message import EmailMessage
from typing import Any

import pytest
from playwright.async_api import Browser, expect

from app.sandbox.inbox.starting import Inbox, start_inbox
from tests.sandbox.conftest import Shop
from tests.system.auditing import Audit

pytestmark = pytest.mark.system


async def look_at(browser: Browser, urls: list[str]) -> None:
    context = await browser.new_context()
    audit = Audit(await context.new_page(), rules=None)
    await audit.visit(*urls)
    await context.close()
    assert not audit.found, "\n".join(audit.found)


async def test_stripe_pages_are_accessible(browser: Browser, shop: Shop) -> None:
    gone = shop.checkout()
    shop.sdk.v1.checkout.sessions.expire(gone.id)
    paid, waiting = shop.checkout(), shop.checkout()
    shop.pay(waiting.id, card="4000000000000002")
    shop.pay(paid.id)
    base, name = shop.sandbox.base_url, shop.key.removeprefix("sk_test_")
    event = shop.sdk.v1.events.list().data[0].id
    pages = [
        str(waiting.url),
        f"{base}/?account={name}",
        f"{base}/events/{event}",
        f"{base}/nowhere",
    ]
    await look_at(browser, [*pages, f"{base}/c/pay/{paid.id}", f"{base}/c/pay/{gone.id}"])


async def test_inbox_pages_are_accessible(browser: Browser, tmp_path: Any) -> None:
    inbox: Inbox = start_inbox(tmp_path)
    empty = inbox.url + "/?to=nobody"
    mail = EmailMessage()
    mail["From"], mail["To"], mail["Subject"] = "shop@example.com", "ada@example.com", "Your order"
    mail.set_content("Get it: http://127.0.0.1/d/1")
    mail.add_alternative('<html lang="en"><title>Order</title><h1>Hello</h1>', subtype="html")
    with smtplib.SMTP(inbox.smtp_host, inbox.smtp_port) as smtp:
        smtp.send_message(mail)
    id = next(tmp_path.glob("*.eml")).stem
    shown = [f"{inbox.url}/messages/{id}?view={view}" for view in ("text", "source")]
    await look_at(browser, [inbox.url, empty, *shown])
    page = await browser.new_page()
    await page.goto(f"{inbox.url}/messages/{id}")
    await expect(page.frame_locator("iframe").get_by_role("heading")).to_have_text("Hello")
    inbox.stop()


async def test_a_buyer_declines_mends_and_pays_from_the_keyboard(
    browser: Browser, shop: Shop
) -> None:
    session = shop.checkout(
        success_url=f"{shop.sandbox.base_url}/healthz?id={{CHECKOUT_SESSION_ID}}"
    )
    context = await browser.new_context(java_script_enabled=False)
    page = await context.new_page()
    await page.goto(str(session.url))
    await page.get_by_label("E-mail").fill("ada@example.com")
    await page.get_by_label("Card number").fill("4000 0000 0000 0002")
    await page.get_by_label("Expiry").fill("12/34")
    await page.get_by_label("CVC").fill("123")
    await page.get_by_label("Name on card").fill("Ada")
    await page.get_by_label("Name on card").press("Enter")
    await expect(page.get_by_text("Your card was declined.")).to_be_visible()
    await expect(page.get_by_label("Card number")).to_be_focused()
    await expect(page.get_by_label("E-mail")).to_have_value("ada@example.com")
    await page.get_by_label("Card number").fill("4242 4242 4242 4242")
    await page.get_by_role("button", name="Pay").click()
    await page.wait_for_url(f"**/healthz?id={session.id}")
    await context.close()
