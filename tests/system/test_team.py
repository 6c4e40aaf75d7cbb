"""A colleague is invited by mail, joins, sees the group's pages and can't publish them; axe looks at each step."""

import re
from typing import Any

import pytest
from litestar import Litestar
from playwright.async_api import Page, expect

from app.core.clock import utc_now
from tests.factories.pages import make_draft
from tests.system.auditing import Audit
from tests.system.pages import TEAM
from tests.system.people import Visitors
from tests.system.steps import mailed_link

pytestmark = pytest.mark.system

DORA = "dora-journey@example.com"
HOME = "/console/team"


async def _invite(page: Page) -> None:
    form = page.locator("#invite")
    await form.get_by_label("Email").fill(DORA)
    await form.get_by_label("Editor").uncheck()
    await form.get_by_label("Viewer").check()
    await form.get_by_role("button", name="Send invitation").click()
    await expect(page.locator("#team")).to_contain_text(DORA)


async def test_a_colleague_is_invited_joins_and_sees_what_a_viewer_may(
    owner: Any, app: Litestar, visitors: Visitors, shop: Any, inbox: Any
) -> None:
    draft = await make_draft(owner.viewer, now=utc_now(), title="The river")
    admin = await visitors(owner.viewer, reduced_motion="reduce")
    visitors.watch(admin).allowed.add(422)
    audit = Audit(admin)
    await audit.visit(HOME)
    await admin.locator("#invite").get_by_role("button", name="Send invitation").click()
    await expect(admin.get_by_role("alert")).to_be_visible()
    await audit.look("an invitation, refused")
    await _invite(admin)
    await audit.look("an invitation, sent")

    dora = await visitors(reduced_motion="reduce")
    joining = Audit(dora)
    await joining.visit(await mailed_link(inbox, DORA, "/invitations/"))
    await dora.get_by_label("Your name").fill("Dora")
    await dora.get_by_label("Password", exact=True).fill("a heron stood very still")
    await dora.get_by_role("button", name="Create account and join").click()
    await dora.get_by_role("link", name="The river").click()
    await expect(dora.get_by_role("heading", name="The river")).to_be_visible()
    await expect(dora.get_by_role("button", name="Publish")).to_have_count(0)
    await expect(dora.get_by_role("link", name="Team")).to_have_count(0)
    visitors.watch(dora).allowed.add(404)
    await dora.goto(f"/console/pages/{draft.id}/edit")
    await expect(dora.get_by_role("heading", name="Nothing here")).to_be_visible()

    await audit.visit(HOME)
    await admin.get_by_role("link", name=re.compile("Dora")).click()
    await audit.look("a member")
    await admin.get_by_label("Manager").check()
    await admin.get_by_role("button", name="Save roles").click()
    await expect(admin.locator("#toasts")).to_contain_text("The roles are saved.")
    await dora.goto(f"/console/pages/{draft.id}")
    await expect(dora.get_by_role("button", name="Publish").first).to_be_visible()
    await audit.visit(f"{HOME}/groups/{owner.viewer.group_id}")
    audit.paths += joining.paths
    audit.found += joining.found
    audit.verdict(app, TEAM)
