"""Two web processes know a visitor as one, and what they have noted is counted even when they are stopped at once."""

from typing import Any

import httpx

from app.core import db
from app.core.clock import utc_now
from tests.factories.pages import make_page
from tests.factories.visits import BROWSER, PHONE
from tests.processes.fleet import one_command
from tests.support.patience import PATIENCE_SECONDS


async def test_a_stopped_server_loses_no_visit(owner: Any) -> None:
    page = await make_page(owner.viewer, now=utc_now())
    with one_command(workers=2) as fleet:
        url = f"{fleet.base_url}/p/{page.short_id}"
        for headers in (*[BROWSER] * 6, PHONE):
            # Each by a connection of its own: either process may take it.
            async with httpx.AsyncClient(timeout=PATIENCE_SECONDS) as browser:
                assert (await browser.get(url, headers=headers)).status_code == 200
    row = await db.fetch_one(
        "SELECT sum(views) AS views, sum(visitors) AS visitors FROM visit_count"
    )
    assert row and (row["views"], row["visitors"]) == (7, 2)
