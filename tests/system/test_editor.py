"""The editor in a browser: what is typed is kept, the frame is a phone or a desk, and changes are foreseen."""

from typing import Any

import pytest
from playwright.async_api import expect

from app.core.clock import utc_now
from app.pages import loading
from tests.factories.pages import make_draft, make_page
from tests.factories.types import make_draft_of
from tests.system.auditing import Audit
from tests.system.people import Visitors

pytestmark = pytest.mark.system


async def test_a_closed_tab_loses_nothing(owner: Any, visitors: Visitors) -> None:
    draft = await make_draft(owner.viewer, now=utc_now())
    page = await visitors(owner.viewer, reduced_motion="reduce")
    await page.goto(f"/console/pages/{draft.id}/edit")
    await page.get_by_label("Title", exact=True).fill("Half a ti")
    await page.get_by_label("Discount").fill("45")
    await expect(page.locator("#draft-kept")).to_have_text("Kept, not saved")
    await page.reload()
    await expect(page.get_by_label("Title", exact=True)).to_have_value("Half a ti")
    await expect(page.get_by_label("Discount")).to_have_value("45")
    shown = page.frame_locator("#preview-frame")
    await expect(shown.get_by_role("heading", name="Half a ti")).to_be_visible()
    audit = Audit(page)
    await audit.look("the editor with a kept draft")
    assert not audit.found, "\n".join(audit.found)
    await page.get_by_role("button", name="Throw it away").click()
    await expect(page.get_by_label("Title", exact=True)).to_have_value("Summer sale")
    assert (await loading.by_id(draft.id)).version == draft.version


async def test_a_phone_a_desk_and_what_visitors_will_notice(owner: Any, visitors: Visitors) -> None:
    running = await make_page(owner.viewer, now=utc_now())
    page = await visitors(owner.viewer, reduced_motion="reduce")
    await page.goto(f"/console/pages/{running.id}/edit")
    frame = page.locator("#preview-frame")
    assert await frame.evaluate("frame => frame.contentWindow.innerWidth") > 700
    await page.get_by_role("radio", name="Phone").check()
    assert await frame.evaluate("frame => frame.contentWindow.innerWidth") <= 390
    foreseen = page.locator("#foreseen")
    await expect(foreseen).to_contain_text("Nothing so far")
    await page.get_by_label("Discount").fill("60")
    await expect(foreseen).to_contain_text("Discount changed from 25 % to 60 %")
    audit = Audit(page)
    await audit.look("the editor of a running page")
    assert not audit.found, "\n".join(audit.found)
    await page.get_by_role("button", name="Save", exact=True).click()
    await expect(foreseen).to_contain_text("Nothing so far")
    changes = (await loading.by_id(running.id)).changes
    assert [(each.kind, each.after) for each in changes] == [("discount", "60")]


async def test_questions_are_put_in_order_by_keyboard(owner: Any, visitors: Visitors) -> None:
    fields = [{"key": key.lower(), "label": key, "kind": "text"} for key in ("Diet", "Size", "Age")]
    draft = await make_draft_of(owner.viewer, "event-registration", now=utc_now(), fields=fields)
    page = await visitors(owner.viewer, reduced_motion="reduce")
    await page.goto(f"/console/pages/{draft.id}/edit")
    first, second = page.locator("#field-label-0"), page.locator("#field-label-1")
    await page.get_by_role("button", name="Move question 2 up").focus()
    await page.keyboard.press("Enter")
    await expect(first).to_have_value("Size")
    await expect(second).to_have_value("Diet")
    await page.get_by_role("button", name="Remove question 1").click()
    await expect(first).to_have_value("Diet")
    await expect(second).to_have_value("Age")
    audit = Audit(page)
    await audit.look("questions")
    assert not audit.found, "\n".join(audit.found)
