"""Each type from its creation in the console to its afterlife, with a browser that stays open all the while."""

from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import Any

import pytest
from playwright.async_api import Page, expect

from app.core import db
from app.core.clock import ManualClock, use_clock, utc_now
from app.core.ids import new_id
from app.pages import loading
from app.pages.loading import PageRecord
from app.stock import holding
from tests.factories.products import make_product
from tests.system.people import PHONE, Visitors
from tests.system.steps import STEADY_ZONE, live, local_input

pytestmark = pytest.mark.system

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
Later = Callable[[timedelta], Awaitable[None]]


@pytest.fixture
def later(visitors: Visitors, clock: ManualClock, run_jobs: Any) -> Later:
    """Let time pass for everyone at once; what it brings is announced by the jobs."""
    use_clock(clock)

    async def pass_time(by: timedelta) -> None:
        clock.advance(by)
        await run_jobs()

    return pass_time


async def create(page: Page, type_name: str, title: str) -> None:
    """Make a draft in the console, and come to its editor."""
    await page.goto("/console/pages/new")
    await page.get_by_role("radio", name=type_name).check()
    await page.get_by_label("Title").fill(title)
    await page.get_by_label("Time zone").select_option(STEADY_ZONE)
    await page.get_by_role("button", name="Create draft").click()
    await page.wait_for_url("**/edit")


async def at(page: Page, label: str, moment: datetime) -> None:
    await page.get_by_label(label, exact=True).fill(local_input(moment, STEADY_ZONE))


async def publish(page: Page) -> PageRecord:
    await page.get_by_role("button", name="Publish now").click()
    await page.locator("dialog[open] #confirm-yes").click()
    await page.wait_for_url("**/console/pages/*")
    await expect(page.get_by_text("Active").first).to_be_visible()
    row = await db.fetch_one("SELECT id FROM page")
    assert row is not None
    return await loading.by_id(row["id"])


async def visit(visitors: Visitors, made: PageRecord) -> Page:
    page = await visitors(width=PHONE)
    await page.goto(f"/p/{made.short_id}")
    await live(page)
    return page


async def gone(visitors: Visitors, made: PageRecord) -> None:
    page = await visitors()
    visitors.watch(page).allowed |= {410}
    answer = await page.goto(f"/p/{made.short_id}")
    assert answer and answer.status == 410
    await expect(page.get_by_role("heading", name="This page has retired")).to_be_visible()


async def test_a_countdown(owner: Any, visitors: Visitors, later: Later) -> None:
    editor = await visitors(owner.viewer)
    await create(editor, "Countdown", "The summer drawings")
    await at(editor, "Counts down to optional", utc_now() + DAY)
    await editor.get_by_label("Headline at zero").fill("The drawer is open")
    await editor.get_by_label("Closing words").fill("See you in autumn.")
    await at(editor, "End of the page", utc_now() + 3 * DAY)
    preview = editor.frame_locator("#preview-frame")
    await expect(preview.get_by_role("heading", name="Tell me when it starts")).to_be_visible()
    made = await publish(editor)

    visitor = await visit(visitors, made)
    await expect(visitor.get_by_text("Starts in")).to_be_visible()
    await expect(visitor.get_by_label("Your e-mail address")).to_be_visible()
    await later(DAY + timedelta(minutes=1))
    await expect(visitor.get_by_role("heading", name="The drawer is open")).to_be_visible()
    await expect(visitor.locator("form#registration")).to_have_count(0)
    await later(2 * DAY)
    await expect(visitor.get_by_text("See you in autumn.")).to_be_visible()
    await later(31 * DAY)
    await gone(visitors, made)


async def test_an_event(owner: Any, visitors: Visitors, later: Later) -> None:
    editor = await visitors(owner.viewer)
    await create(editor, "Event registration", "An evening at the river")
    start = utc_now() + 10 * DAY
    await at(editor, "Start of the event", start)
    await at(editor, "End of the event", start + 3 * HOUR)
    await editor.get_by_role("radio", name="On site").check()
    await editor.get_by_label("Address of the event").fill("Uferweg 12, Lübeck")
    await editor.get_by_label("Places altogether").fill("2")
    await editor.get_by_label("After the event visitors read").fill("The sheets *hang*.")
    await at(editor, "End of the page", start + 5 * DAY)
    made = await publish(editor)

    visitor = await visit(visitors, made)
    await expect(visitor.locator("#count")).to_contain_text("2 places left")
    await expect(visitor.get_by_text("Uferweg 12, Lübeck")).to_be_visible()
    await visitor.get_by_label("Your name").fill("Vera")
    assert made.stock_id
    await holding.buy(
        {made.stock_id: 1}, hold_id=new_id(), topic=made.topic, buyer_key="a", now=utc_now()
    )
    await expect(visitor.locator("#count")).to_contain_text("1 place left")
    await expect(visitor.get_by_label("Your name")).to_have_value("Vera")
    await holding.buy(
        {made.stock_id: 1}, hold_id=new_id(), topic=made.topic, buyer_key="a", now=utc_now()
    )
    await expect(visitor.get_by_role("button", name="Join the waitlist")).to_be_visible()

    await later(10 * DAY + timedelta(minutes=1))
    await expect(visitor.get_by_role("heading", name="On right now")).to_be_visible()
    await expect(visitor.locator("form#registration")).to_have_count(0)
    await later(3 * HOUR)
    await expect(visitor.get_by_text("The sheets hang.")).to_be_visible()
    await later(5 * DAY)
    await expect(visitor.get_by_text("It ended on")).to_be_visible()
    await later(31 * DAY)
    await gone(visitors, made)


async def test_an_offer(owner: Any, visitors: Visitors, later: Later) -> None:
    await make_product(owner.viewer, now=utc_now(), name="Morning mist")
    editor = await visitors(owner.viewer)
    await create(editor, "Limited-time offer", "Mist for early birds")
    await editor.get_by_role("button", name="Add", exact=True).click()
    await expect(editor.locator("#picker .pick b")).to_have_text("Morning mist")
    await editor.get_by_label("Code to hand out").fill("early-mist")
    await editor.get_by_label("Discount").fill("50")
    await editor.get_by_label("Bonus").fill("A sheet, **signed**.")
    await editor.get_by_label("What they see").fill("The birds have flown.")
    await at(editor, "End of the offer", utc_now() + DAY)
    made = await publish(editor)

    visitor = await visitors(width=PHONE, permissions=["clipboard-read", "clipboard-write"])
    await visitor.goto(f"/p/{made.short_id}")
    await live(visitor)
    await visitor.get_by_role("button", name="Copy code").click()
    await expect(visitor.get_by_role("button", name="Copied")).to_be_visible()
    assert await visitor.evaluate("navigator.clipboard.readText()") == "EARLY-MIST"
    await expect(visitor.get_by_text("signed")).to_be_visible()
    amount = made.contents[0].amount // 2
    await expect(visitor.locator(".price strong")).to_contain_text(f"{amount / 100:.2f}")
    await later(DAY + timedelta(minutes=1))
    await expect(visitor.get_by_text("The birds have flown.")).to_be_visible()
    await expect(visitor.get_by_text("EARLY-MIST")).to_have_count(0)
    await later(31 * DAY)
    await gone(visitors, made)


async def test_without_scripts_the_code_is_selected_by_a_click(
    owner: Any, visitors: Visitors
) -> None:
    from tests.factories.types import make_offer

    made = await make_offer(owner.viewer, now=utc_now())
    visitor = await visitors(java_script_enabled=False)
    await visitor.goto(f"/p/{made.short_id}")
    code = visitor.locator("#code code")
    await expect(code).to_have_text("EARLY-BIRD")
    await expect(code).to_have_css("user-select", "all")
    await expect(visitor.get_by_role("button", name="Copy code")).to_be_hidden()
