"""A creator rehearses a sale before it is out, in a browser: asks, watches the bar, reads the report; axe looks too."""

from typing import Any

import pytest
from litestar import Litestar
from playwright.async_api import expect

from app.core import db
from app.core.clock import utc_now
from tests.factories.pages import make_draft
from tests.system.auditing import Audit
from tests.system.people import Visitors

pytestmark = pytest.mark.system


async def test_a_draft_is_rehearsed(
    owner: Any, app: Litestar, visitors: Visitors, worker: None, stripe_account: Any
) -> None:
    draft = await make_draft(owner.viewer, now=utc_now(), quantity=4)
    page = await visitors(owner.viewer, reduced_motion="reduce")
    visitors.watch(page).allowed.add(422)
    audit = Audit(page)
    await page.goto(f"/console/pages/{draft.id}")
    await page.get_by_role("link", name="Rehearse").click()
    await audit.look("before the first")
    await page.get_by_label("Simulated buyers").fill("0")
    await page.get_by_role("button", name="Rehearse").click()
    await expect(page.get_by_text("At least 1, please.")).to_be_visible()
    await audit.look("refused")
    await page.get_by_label("Simulated buyers").fill("12")
    await page.get_by_role("radio", name="In groups").check()
    await page.get_by_role("button", name="Rehearse").click()
    await expect(page.get_by_role("heading", name="What became of them")).to_be_visible()
    await expect(page.get_by_text("4 of 4")).to_be_visible()
    await expect(page.get_by_text("turned away at this capacity")).to_be_visible()
    await audit.look("the report")
    await page.get_by_role("link", name="Rehearse again").click()
    await expect(page.get_by_role("cell", name="12 people")).to_be_visible()
    await audit.look("the history")
    assert await db.fetch_value('SELECT count(*) FROM "order"') == 0
    home = "/console/pages/{page_id}/rehearsals"
    audit.verdict(app, {home, home + "/{rehearsal_id}"})


async def test_one_under_way_is_called_off(owner: Any, app: Litestar, visitors: Visitors) -> None:
    """Nobody works here, so it waits."""
    draft = await make_draft(owner.viewer, now=utc_now())
    page = await visitors(owner.viewer, reduced_motion="reduce")
    audit = Audit(page)
    await page.goto(f"/console/pages/{draft.id}/rehearsals")
    await page.get_by_role("button", name="Rehearse").click()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await audit.look("under way")
    await page.get_by_role("button", name="Call off").click()
    await expect(page.get_by_role("heading", name="Called off")).to_be_visible()
    await audit.look("called off")
    audit.verdict(app, {"/console/pages/{page_id}/rehearsals/{rehearsal_id}"})
