"""No page is wider than the screen, whatever long words people write into it."""

from collections.abc import Iterable
from typing import Any

import pytest
from playwright.async_api import Page

from app.core import db
from app.core.clock import utc_now
from app.orders.links import order_path
from app.products.importing import import_file
from app.products.kinds import FileKind
from app.registrations.links import manage_path
from tests.factories.codes import make_code
from tests.factories.deliveries import make_sold
from tests.factories.links import share
from tests.factories.pages import make_draft, make_page
from tests.factories.products import make_product
from tests.factories.registrations import make_registration
from tests.factories.teams import make_invitation
from tests.factories.types import HOUR, make_countdown, make_event, make_offer
from tests.system.people import Visitors

pytestmark = pytest.mark.system

WIDTHS = (320, 390, 1280)
GERMAN = "Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz"
UNBROKEN = "M" * 120
ADDRESS = f"https://www.example.com/{'long-path/' * 9}?{'query=1&' * 9}"
EMAIL = f"{'a' * 60}@{'b' * 60}.{'c' * 60}.example.com"
WORDS = f"{GERMAN} {ADDRESS} {UNBROKEN} {EMAIL}"
# The page itself, and tables and cards, which cut off what does not fit in them.
EXCESS = """() => [document.documentElement, ...document.querySelectorAll(".table-wrap, .card, .panel, .product")]
  .map((one) => [one.tagName + "." + one.className, one.scrollWidth - (one.tagName === "HTML" ? innerWidth : one.clientWidth)])
  .filter(([, excess]) => excess > 1)"""
# What sticks out: the innermost elements.
CULPRITS = """() => [...document.querySelectorAll("body *")].filter((one) => one.checkVisibility() && one.getBoundingClientRect().right > innerWidth + 1)
  .slice(-4).map((one) => one.outerHTML.slice(0, 160))"""


async def too_wide(page: Page, addresses: Iterable[str]) -> list[str]:
    found: list[str] = []
    for address in addresses:
        await page.goto(address)
        for width in WIDTHS:
            await page.set_viewport_size({"width": width, "height": 844})
            if excess := await page.evaluate(EXCESS):
                found.append(f"{address} at {width}: {excess} {await page.evaluate(CULPRITS)}")
    return found


async def test_visitors_pages(owner: Any, visitors: Visitors) -> None:
    now, viewer = utc_now(), owner.viewer
    product = await make_product(viewer, now=now, name=UNBROKEN, description=WORDS)
    await import_file(product, f"{UNBROKEN}.txt", b"x", now, kind=FileKind.PREVIEW)
    german = await make_product(viewer, now=now, name=GERMAN, description=WORDS)
    sale = await make_page(viewer, now=now, title=UNBROKEN, products=[product, german])
    ended = await make_page(
        viewer, now=now - 3 * HOUR, title=GERMAN, expires_at=now - HOUR, products=[product]
    )
    question = {"key": "m", "label": UNBROKEN, "kind": "choice", "options": [UNBROKEN, GERMAN]}
    event = await make_event(
        viewer,
        now=now,
        title=UNBROKEN,
        description=WORDS,
        place={"kind": "physical", "address": WORDS[:500]},
        fields=[question, {"key": "t", "label": GERMAN, "kind": "text"}],
    )
    guest = await make_registration(
        event, now, "ann@example.com", name=UNBROKEN, answers={"m": GERMAN}
    )
    arabic = await make_page(viewer, now=now, title=UNBROKEN, products=[product])
    await db.execute("UPDATE page SET language = 'ar' WHERE id = $1", arabic.id)
    countdown = await make_countdown(viewer, now=now, title=UNBROKEN, description=WORDS)
    offer = await make_offer(viewer, now=now, title=UNBROKEN, description=WORDS, bonus=WORDS)
    message = {"action": "show-message", "title": UNBROKEN[:80], "content": WORDS}
    zero = await make_countdown(viewer, now=now - 2 * HOUR, at_zero=message)
    sold = await make_sold(
        viewer, now, title=UNBROKEN, page_title=UNBROKEN, files=(f"{UNBROKEN}.pdf",)
    )
    page = await visitors(reduced_motion="reduce")
    shown = [made.short_id for made in (sale, ended, arabic, event, countdown, offer, zero)]
    addresses = [f"/p/{short_id}{part}" for short_id in shown for part in ("", "/embed")]
    addresses += [manage_path(guest.id, now), order_path(sold.id, now), "/orders/recover"]
    assert not (found := await too_wide(page, addresses)), "\n".join(found)


async def test_the_console(owner: Any, visitors: Visitors) -> None:
    now, viewer = utc_now(), owner.viewer
    product = await make_product(
        viewer, now=now, name=UNBROKEN, description=WORDS, files=[(f"{UNBROKEN}.pdf", b"x")]
    )
    draft = await make_draft(viewer, now=now, title=UNBROKEN, products=[product])
    sale = await make_page(viewer, now=now, title=GERMAN, products=[product])
    event = await make_event(
        viewer, now=now, title=UNBROKEN, fields=[{"key": "t", "label": UNBROKEN, "kind": "text"}]
    )
    guest = await make_registration(
        event, now, EMAIL[-120:], name=UNBROKEN, answers={"t": UNBROKEN}
    )
    sold = await make_sold(
        viewer, now, title=UNBROKEN, page_title=UNBROKEN, email=EMAIL, files=(f"{UNBROKEN}.pdf",)
    )
    await share(sale, now, "a-source-of-visitors-that-is-long")
    code = await make_code(viewer, now, "LONGCODE" * 4)
    await make_invitation(viewer, now, f"{'a' * 60}@example.com")
    page = await visitors(viewer, reduced_motion="reduce")
    parts = ("", "/edit", "/share-links", "/analytics")
    addresses = [
        f"/console/pages/{made.id}{part}" for made in (draft, sale, event) for part in parts
    ]
    addresses += [
        "/console/pages",
        "/console/products",
        f"/console/products/{product}",
        "/console/orders",
        f"/console/orders/{sold.id}",
        "/console/registrations",
        f"/console/registrations/{guest.id}",
        f"/console/pages/{event.id}/messages",
        "/console/codes",
        f"/console/codes/{code.id}",
        "/console/analytics",
        "/console/live",
        "/console/team",
        "/console/account",
        "/console/account/messages",
        "/console/billing",
    ]
    assert not (found := await too_wide(page, addresses)), "\n".join(found)


async def test_a_word_that_is_held_together_is_found(visitors: Visitors) -> None:
    """The measure measures."""
    page = await visitors(reduced_motion="reduce")
    await page.goto("/orders/recover")
    await page.evaluate(f"""() => {{ const one = document.createElement("nobr"); one.textContent = "{UNBROKEN}";
      document.querySelector("main").append(one); }}""")
    assert await page.evaluate(EXCESS)
