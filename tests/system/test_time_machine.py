"""The time machine in a browser: by the slider, by a stop and by the keyboard, in the editor and on a shared preview."""

from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from app.core.clock import utc_now
from app.pages import loading
from app.pages.sharing import preview_url
from tests.factories.pages import make_draft
from tests.system.auditing import Audit
from tests.system.people import Visitors

pytestmark = pytest.mark.system

DAY = timedelta(days=1)


async def test_from_before_the_launch_to_after_the_end(owner: Any, visitors: Visitors) -> None:
    now = utc_now()
    draft = await make_draft(owner.viewer, now=now, launch_at=now + DAY, expires_at=now + 2 * DAY)
    page = await visitors(owner.viewer, reduced_motion="reduce")
    await page.goto(f"/console/pages/{draft.id}/edit")
    shown = page.frame_locator("#preview-frame")
    slider = page.get_by_label("Moment")
    await expect(shown.get_by_text("Ends in")).to_be_visible()

    await slider.focus()
    await page.keyboard.press("Home")
    await expect(shown.get_by_text("Starts in")).to_be_visible()
    await expect(slider).to_be_focused()
    await page.get_by_role("button", name="One minute left").click()
    await expect(shown.locator('[data-unit="minutes"]')).to_have_text("01")
    await expect(page.get_by_role("button", name="One minute left")).to_be_focused()
    await page.get_by_label("Stock").select_option("held")
    await expect(shown.get_by_role("button", name="All in other baskets")).to_be_visible()
    await slider.fill("250")
    # What is typed is seen at the moment that the slider is set to.
    await page.get_by_label("Title", exact=True).fill("Not saved yet")
    await expect(shown.get_by_role("heading", name="Not saved yet")).to_be_visible()
    await expect(slider).to_have_value("250")
    await page.get_by_role("button", name="End", exact=True).click()
    await expect(shown.get_by_text("This sale has ended")).to_be_visible()
    assert (await loading.by_id(draft.id)).version == draft.version
    audit = Audit(page)
    await audit.look("editor")
    assert not audit.found, "\n".join(audit.found)


async def test_a_shared_preview_goes_there_too(owner: Any, visitors: Visitors) -> None:
    now = utc_now()
    draft = await make_draft(owner.viewer, now=now, launch_at=now + DAY, expires_at=now + 2 * DAY)
    page = await visitors(reduced_motion="reduce")
    await page.goto(preview_url(draft, now))
    main = page.get_by_role("main")
    await expect(main.get_by_text("Ends in")).to_be_visible()
    await page.get_by_label("Moment").focus()
    await page.keyboard.press("Home")
    await expect(main.get_by_text("Starts in")).to_be_visible()
    await page.get_by_role("button", name="Launch").click()
    await page.get_by_label("Stock").select_option("last")
    await expect(main.get_by_text("1 left")).to_be_visible()
    # Nothing can be bought here.
    await main.get_by_label("Your e-mail address").fill("vera@example.com")
    await main.get_by_role("button", name="Buy now").click()
    await expect(main.get_by_text("1 left")).to_be_visible()
    audit = Audit(page)
    await audit.look("shared preview")
    assert not audit.found, "\n".join(audit.found)
