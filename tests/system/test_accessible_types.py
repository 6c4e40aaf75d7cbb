"""Axe finds nothing on a page of any type in any of its states, nor in its editor, nor on its page in the console."""

from datetime import timedelta
from typing import Any

import pytest

from app.core.clock import utc_now
from app.core.ids import new_id
from app.pages import pausing
from app.pages.loading import PageRecord
from app.stock import holding
from tests.factories.links import share
from tests.factories.types import (
    DAY,
    HOUR,
    make_countdown,
    make_draft_of,
    make_event,
    make_offer,
    make_page_of,
)
from tests.system.auditing import Audit
from tests.system.people import Visitors

pytestmark = pytest.mark.system

MESSAGE = {"action": "show-message", "title": "It is open", "content": "Come **in**."}
FORM = {"action": "show-form", "title": "Who comes along?"}
QUESTION = {"key": "m", "label": "With what?", "kind": "choice", "options": ["Pencil", "Ink"]}


async def look_at(visitors: Visitors, *pages: PageRecord) -> None:
    audit = Audit(await visitors(reduced_motion="reduce"))
    await audit.visit(*(f"/p/{page.short_id}" for page in pages))
    assert not audit.found, "\n".join(audit.found)


async def take(page: PageRecord, number: int) -> PageRecord:
    assert page.stock_id
    await holding.buy(
        {page.stock_id: number},
        hold_id=new_id(),
        topic=page.topic,
        buyer_key="a",
        now=utc_now(),
    )
    return page


async def test_a_countdown(owner: Any, visitors: Visitors) -> None:
    now, before, viewer = utc_now(), utc_now() - 2 * HOUR, owner.viewer
    paused = await make_countdown(viewer, now=now)
    await pausing.pause(paused, viewer.user_id, now, moves_deadline=True)
    await look_at(
        visitors,
        await make_countdown(viewer, now=now, by_sms=True),
        await make_page_of(viewer, "countdown", now=now, launch_at=now + HOUR),
        paused,
        await make_countdown(viewer, now=before, at_zero=MESSAGE),
        await make_countdown(viewer, now=before, at_zero=FORM),
        await make_countdown(viewer, now=before, expires_at=now - timedelta(minutes=30)),
    )


async def test_an_event(owner: Any, visitors: Visitors) -> None:
    now, viewer = utc_now(), owner.viewer
    before = now - 30 * DAY
    await look_at(
        visitors,
        await make_event(viewer, now=now, fields=[QUESTION], maximum_quantity=3),
        await make_event(viewer, now=now, launch_at=now + HOUR),
        await take(await make_event(viewer, now=now, capacity=1), 1),
        await take(await make_event(viewer, now=now, capacity=1, waitlist=False), 1),
        await make_event(viewer, now=before, expires_at=now + DAY, closes_at=before + DAY),
        await make_event(viewer, now=now - DAY, starts_in=DAY - HOUR),
        await make_event(viewer, now=before, expires_at=now + DAY, post_event_content="*Over*"),
        await make_event(viewer, now=before, expires_at=now - DAY),
    )


async def test_an_offer(owner: Any, visitors: Visitors) -> None:
    now, viewer = utc_now(), owner.viewer
    before = now - 2 * DAY
    over = {"action": "show-alternate", "content": "Gone, *all* of it."}
    await look_at(
        visitors,
        await make_offer(viewer, now=now, bonus="A sheet, **signed**."),
        await make_offer(viewer, now=now, launch_at=now + HOUR, code="LATER"),
        await take(await make_offer(viewer, now=now, limit=1, code="ONE"), 1),
        await make_offer(viewer, now=before, expires_at=now - DAY, after=over, code="OVER"),
    )


@pytest.mark.parametrize("type_name", ["countdown", "event-registration", "limited-offer"])
async def test_the_console(owner: Any, visitors: Visitors, type_name: str) -> None:
    now, viewer = utc_now(), owner.viewer
    makers: dict[str, Any] = {
        "countdown": make_countdown,
        "event-registration": make_event,
        "limited-offer": make_offer,
    }
    draft = await make_draft_of(viewer, type_name, now=now)
    running = await makers[type_name](viewer, now=now)
    await share(running, now, "newsletter")
    page = await visitors(viewer, reduced_motion="reduce")
    visitors.watch(page).allowed |= {422}
    audit = Audit(page)
    await audit.visit(
        f"/console/pages/{draft.id}/edit",
        f"/console/pages/{running.id}/edit",
        f"/console/pages/{running.id}",
        f"/console/pages/{running.id}/share-links",
    )
    await page.goto(f"/console/pages/{draft.id}/edit")
    await page.get_by_label("Title", exact=True).fill("")
    await page.get_by_role("button", name="Save", exact=True).click()
    await page.get_by_text("Please check the marked fields.").wait_for()
    await audit.look("refused")
    assert not audit.found, "\n".join(audit.found)
