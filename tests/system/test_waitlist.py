"""A seat that becomes free finds the one who waits for it; and how messages are left, looked up and tried."""

from typing import Any

import pytest
from playwright.async_api import expect

from app.core.clock import utc_now
from app.core.jobs import drain
from app.notifications.sending import send_email
from app.notifications.unsubscribing import unsubscribe_url
from app.pages.collecting import collection_of
from app.registrations.cancelling import cancel
from app.registrations.links import manage_path
from app.registrations.queries import registration_of
from tests.factories.registrations import make_registration
from tests.factories.types import make_event
from tests.system.auditing import Audit
from tests.system.pages import WAITING
from tests.system.people import Visitors

pytestmark = pytest.mark.system


async def test_a_free_seat_finds_who_waits(app: Any, owner: Any, visitors: Visitors) -> None:
    now = utc_now()
    page = await make_event(owner.viewer, now=now, capacity=2, maximum_quantity=3)
    bob = await make_registration(page, now, f"bob-{page.short_id}@example.com", quantity=2)
    ann = await make_registration(page, now, quantity=3)
    audit = Audit(await visitors(reduced_motion="reduce"))
    browser = audit.page
    await audit.visit(manage_path(ann.id, now))
    await expect(browser.get_by_text("Your place in the line: 1")).to_be_visible()
    await cancel(await collection_of(page.id, now), bob.id, utc_now(), tell=False)
    await drain(utc_now())
    await audit.visit(manage_path(ann.id, now))
    await browser.get_by_role("link", name="Look at the offer").click()
    await expect(browser.get_by_role("heading", level=1)).to_contain_text("2 places")
    await audit.look("an offer")
    await browser.get_by_label("Places").select_option("1")
    await browser.get_by_role("button", name="Take the places").click()
    await expect(browser.get_by_role("heading", level=1)).to_have_text("You are registered")
    assert (await registration_of(ann.id)).quantity == 1

    desk = Audit(await visitors(owner.viewer, reduced_motion="reduce"))
    history = f"/console/pages/{page.id}/messages/history"
    await desk.page.goto(history)
    await expect(desk.page.get_by_text("2 places for you: By the river")).to_be_visible()
    await desk.visit(history, f"{history}?state=sent", "/console/account/messages")
    await desk.page.get_by_role("button", name="Send the test message").click()
    await expect(desk.page.locator("#fate")).to_be_visible()
    await desk.look("a test message")

    await audit.visit(await _way_out(page, ann.id))
    await browser.get_by_role("button", name="Unsubscribe").click()
    await expect(browser.get_by_role("heading", level=1)).to_have_text("You are unsubscribed")
    await audit.look("unsubscribed")
    audit.paths += desk.paths
    audit.found += desk.found
    audit.verdict(app, WAITING)


async def _way_out(page: Any, registration_id: Any) -> str:
    """Return the path of the link that a message of a list carries."""
    sent = await send_email(
        "ann@example.com",
        "test-message",
        {"name": "Ann"},
        key=f"way-out:{registration_id}",
        list_id=page.id,
    )
    assert sent is not None
    return "/unsubscribe/" + unsubscribe_url(sent, utc_now()).rpartition("/")[2]
