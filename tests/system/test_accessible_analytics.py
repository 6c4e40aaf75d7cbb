"""Axe finds nothing in the reports and the live view: empty, filled, refused."""

from datetime import timedelta
from typing import Any

import pytest
from litestar import Litestar

from app.core import db
from app.core.clock import utc_now
from app.pages.sources import Kind, Source
from tests.factories.deliveries import make_sold
from tests.factories.pages import make_page
from tests.factories.registrations import make_registration
from tests.factories.types import make_event
from tests.factories.visits import visited
from tests.system.auditing import Audit
from tests.system.people import Visitors

pytestmark = pytest.mark.system

REPORT, LIVE = "/console/analytics", "/console/live"


async def test_reports(owner: Any, app: Litestar, visitors: Visitors) -> None:
    now, viewer = utc_now(), owner.viewer
    browser = await visitors(viewer, reduced_motion="reduce")
    visitors.watch(browser).allowed.add(422)
    audit = Audit(browser)
    await audit.visit(REPORT, LIVE)
    page, event = await make_page(viewer, now=now), await make_event(viewer, now=now)
    await audit.visit(REPORT)
    for back in range(5):
        at = now - timedelta(days=back)
        await visited(page, at, *"abc"[: back % 3 + 1], source=Source(Kind.SITE, "example.org"))
        await visited(event, at, "ann", "ben", source=Source(Kind.LINK, "newsletter"))
    await make_registration(event, now, "ann@example.com")
    for currency in ("EUR", "USD"):
        sold = await make_sold(viewer, now, currency=currency, refunded_amount=100, stored=False)
        await db.execute('UPDATE "order" SET completed_at = $2 WHERE id = $1', sold.id, now)
    await audit.visit(REPORT, f"{REPORT}?range=24h", f"{REPORT}?range=custom&from=x&to=y")
    await audit.visit(f"/console/pages/{page.id}/analytics?range=90d")
    await browser.get_by_text("These figures as a table").click()
    await audit.look("the figures as a table")
    await audit.visit(LIVE)
    audit.verdict(app, {REPORT, LIVE, "/console/pages/{page_id}/analytics"})
