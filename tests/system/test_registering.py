"""Registering for an event in a real browser: the puzzle is solved unseen, the mail's link manages it, the console sees it."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import Page, expect

from app.core import db
from app.core.clock import utc_now
from app.core.ids import new_short_id
from app.pages.collecting import collection_of
from app.pages.loading import PageRecord
from app.registrations.confirming import keep_until_confirmed
from app.registrations.links import confirm_url, manage_path
from tests.conftest import Inbox
from tests.factories.registrations import make_registration, typed
from tests.factories.types import make_countdown, make_event
from tests.system.auditing import Audit
from tests.system.pages import REGISTERING
from tests.system.people import PHONE, Visitors
from tests.system.steps import mailed_link

pytestmark = pytest.mark.system

FIELDS = [
    {"key": "diet", "label": "Food", "kind": "choice", "options": ["Anything", "Vegan"], "required": True},
    {"key": "note", "label": "Anything else", "kind": "text"},
    {"key": "arrival", "label": "Arrival", "kind": "date"},
    {"key": "photos", "label": "Photos of me may be shown", "kind": "checkbox"},
]  # fmt: skip


async def fill_in(page: Page, email: str) -> None:
    await page.get_by_label("Your name").fill("Ann Lee")
    await page.get_by_label("Your e-mail address").fill(email)
    await page.get_by_label("Food").select_option("Vegan")
    await page.get_by_label("I agree").check()


async def test_from_the_form_to_the_console_and_back(
    owner: Any, visitors: Visitors, worker: None, inbox: Inbox
) -> None:
    event = await make_event(owner.viewer, now=utc_now(), fields=FIELDS, maximum_quantity=3)
    email = f"ann-{new_short_id()}@example.com"
    visitor = await visitors(width=PHONE)
    await visitor.goto(f"/p/{event.short_id}")
    await fill_in(visitor, email)
    await visitor.get_by_label("How many places").fill("2")
    await visitor.get_by_role("button", name="Register").click()
    await expect(visitor.get_by_role("heading", name="You are registered")).to_be_visible()

    await visitor.goto(await mailed_link(inbox, email, "/registrations/"))
    await expect(visitor.locator(".facts").first).to_contain_text("Vegan")
    await visitor.get_by_label("How many places").fill("3")
    await visitor.get_by_role("button", name="Save").click()
    await expect(visitor.locator("#toasts")).to_contain_text("Saved")

    console = await visitors(owner.viewer)
    await console.goto("/console/registrations")
    await console.get_by_role("link", name="Ann Lee").click()
    await expect(console.get_by_role("heading", name="Ann Lee")).to_be_visible()
    await console.get_by_role("button", name="Check in").click()
    await expect(console.get_by_text("Attended")).to_be_visible()
    await console.get_by_role("button", name="Take check-in back").click()
    await expect(console.get_by_role("button", name="Check in")).to_be_visible()

    await visitor.get_by_text("Cancel the registration").click()
    await visitor.get_by_role("button", name="Yes, cancel it").click()
    await expect(
        visitor.get_by_role("heading", name="Your registration is cancelled")
    ).to_be_visible()


async def test_without_scripts_by_mail(
    owner: Any, visitors: Visitors, worker: None, inbox: Inbox
) -> None:
    event = await make_event(owner.viewer, now=utc_now(), fields=FIELDS)
    email = f"nora-{new_short_id()}@example.com"
    visitor = await visitors(java_script_enabled=False)
    await visitor.goto(f"/p/{event.short_id}")
    await fill_in(visitor, email)
    await visitor.get_by_role("button", name="Register").click()
    await expect(visitor.get_by_role("heading", name="One more step")).to_be_visible()
    await visitor.goto(await mailed_link(inbox, email, "/registrations/confirm/"))
    await visitor.get_by_role("button", name="Confirm").click()
    await expect(visitor.get_by_role("heading", name="You are registered")).to_be_visible()


async def test_several_are_chosen_and_written_to(owner: Any, visitors: Visitors) -> None:
    now = utc_now()
    event = await make_event(owner.viewer, now=now)
    for name in ("Ann", "Bob", "Cid"):
        await make_registration(event, now, f"{name}@example.com", name=name)
    console = await visitors(owner.viewer)
    await console.goto(f"/console/registrations?page_id={event.id}")
    await console.get_by_label("Tick Ann").check()
    await console.get_by_label("Tick Bob").check()
    await console.get_by_role("button", name="Cancel them").click()
    await console.locator("#confirm-yes").click()
    await expect(console.get_by_text("Done for 2 registrations.")).to_be_visible()
    await console.goto(f"/console/pages/{event.id}/messages")
    await console.get_by_label("Subject").fill("See you soon")
    await console.get_by_label("Message", exact=True).fill("It starts at seven.")
    await console.get_by_role("button", name="Look at it first").click()
    await console.get_by_role("button", name="Send to 1 person").click()
    await expect(console.get_by_text("On its way to 1 person.")).to_be_visible()


async def unconfirmed(page: PageRecord, now: datetime) -> str:
    """Return the path that the mail to somebody without scripts leads to."""
    form = typed("eve@example.com")
    await keep_until_confirmed(await collection_of(page.id, now), form, form["email"], now)
    pending = await db.fetch_value("SELECT id FROM pending_registration")
    return urlsplit(confirm_url(pending, now)).path


async def test_everybody_can_use_these_pages(app: Any, owner: Any, visitors: Visitors) -> None:
    now = utc_now()
    event = await make_event(
        owner.viewer, now=now, fields=FIELDS, maximum_quantity=3, ask_phone=True, capacity=3
    )
    countdown = await make_countdown(owner.viewer, now=now, by_sms=True)
    ann = await make_registration(event, now, quantity=3, answers={"diet": "Vegan"})
    bob = await make_registration(event, now, "bob@example.com")
    audit = Audit(await visitors(reduced_motion="reduce"))
    visitors.watch(audit.page).allowed.add(422)
    public = [f"/p/{page.short_id}" for page in (event, countdown)]
    thanks = [
        f"{public[0]}/registered{query}"
        for query in ("", "?waitlist=1", "?confirm=mail", "?confirm=text")
    ]
    await audit.visit(*public, *thanks, manage_path(ann.id, now), manage_path(bob.id, now))
    await audit.visit(await unconfirmed(countdown, now))
    await audit.page.goto(public[1])
    await audit.page.evaluate("document.querySelector('#registration').noValidate = true")
    await audit.page.get_by_role("button", name="Tell me").click()
    await expect(audit.page.locator("#registration [role=alert]").first).to_be_visible()
    await audit.look("what is wrong")
    console = Audit(await visitors(owner.viewer, reduced_motion="reduce"))
    messages = f"/console/pages/{event.id}/messages"
    await console.visit("/console/registrations", f"/console/registrations/{ann.id}", messages)
    await console.visit("/console/door", f"/console/door/{event.id}")
    console.found += audit.found
    console.paths += audit.paths
    console.verdict(app, REGISTERING)
