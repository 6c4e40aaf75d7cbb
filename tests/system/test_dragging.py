"""An event's questions put in order by dragging: with a mouse, with a finger, and let go of by a key."""

from typing import Any

import pytest
from playwright.async_api import Locator, Page, expect

from app.core.clock import utc_now
from app.pages import loading
from app.pages.loading import PageRecord
from tests.factories.types import make_draft_of
from tests.system.people import PHONE, Visitors

pytestmark = pytest.mark.system

LABELS = ("Diet", "Size", "Age")
TALL = 2400


async def editor(owner: Any, page: Page) -> PageRecord:
    """Open the editor of an event with three questions, on a screen that shows them all."""
    size = page.viewport_size
    assert size
    await page.set_viewport_size({"width": size["width"], "height": TALL})
    fields = [{"key": key.lower(), "label": key, "kind": "text"} for key in LABELS]
    draft = await make_draft_of(owner.viewer, "event-registration", now=utc_now(), fields=fields)
    await page.goto(f"/console/pages/{draft.id}/edit")
    await page.locator("#questions").evaluate("(list) => list.scrollIntoView({block: 'center'})")
    return draft


def grip(page: Page, label: str) -> Locator:
    """Return what the question `label` is taken hold of by."""
    row = page.locator("[data-sort-row]").filter(has=page.locator(f'[name=field_label][value="{label}"]'))  # fmt: skip
    return row.locator("[data-sort-handle]")


async def middle(place: Locator) -> tuple[float, float]:
    box = await place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


async def shown(page: Page, *labels: str) -> None:
    """Wait until the server's order is `labels`: the rows are numbered anew by it alone."""
    for index, label in enumerate(labels):
        await expect(page.locator(f"#field-label-{index}")).to_have_value(label)


async def test_a_mouse_drags_a_question_and_a_key_lets_it_go(
    owner: Any, visitors: Visitors
) -> None:
    page = await visitors(owner.viewer, reduced_motion="reduce")
    draft = await editor(owner, page)
    await page.locator("#field-label-1").fill("Shirt size")
    x, y = await middle(grip(page, "Age"))
    await page.mouse.move(x, y)
    await page.mouse.down()
    _x, to_y = await middle(grip(page, "Diet"))
    await page.mouse.move(x, (y + to_y) / 2, steps=4)
    await expect(page.locator(".dragging")).to_have_count(1)
    # Over the preview's frame too.
    await page.mouse.move(1000, to_y, steps=6)
    await expect(page.locator("[data-sort-row] [name=field_label]").first).to_have_value("Age")
    await page.mouse.up()
    await shown(page, "Age", "Diet", "Shirt size")
    await expect(page.locator(".dragging")).to_have_count(0)

    x, y = await middle(grip(page, "Age"))
    await page.mouse.move(x, y)
    await page.mouse.down()
    await page.mouse.move(x, y + 500, steps=6)
    await expect(page.locator("[data-sort-row] [name=field_label]").first).to_have_value("Diet")
    await page.keyboard.press("Escape")
    await expect(page.locator("[data-sort-row] [name=field_label]").first).to_have_value("Age")
    await page.mouse.up()

    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_text("Saved.").first.wait_for()
    stored = await loading.by_id(draft.id)
    labels = [field.label for field in stored.settings.fields]  # type: ignore[attr-defined]  # an event's
    assert labels == ["Age", "Diet", "Shirt size"]


async def test_a_finger_drags_a_question(owner: Any, visitors: Visitors) -> None:
    page = await visitors(owner.viewer, width=PHONE, has_touch=True, reduced_motion="reduce")
    await editor(owner, page)
    x, y = await middle(grip(page, "Diet"))
    _x, to_y = await middle(page.locator("[data-sort-row]").nth(1))
    touch = await page.context.new_cdp_session(page)

    async def finger(kind: str, *points: float) -> None:
        spots = [{"x": x, "y": point} for point in points]
        await touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": spots})

    await finger("touchStart", y)
    for part in range(1, 9):
        await finger("touchMove", y + (to_y + 20 - y) * part / 8)
    await expect(page.locator("[data-sort-row] [name=field_label]").first).to_have_value("Size")
    await finger("touchEnd")
    await shown(page, "Size", "Diet", "Age")
