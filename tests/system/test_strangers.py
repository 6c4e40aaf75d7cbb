"""No page asks anybody but this installation for anything: every address there is, opened in a browser whose network is watched.

The other journeys are watched in the same way, whatever they open; here nothing that has a page is left out.
"""

from typing import Any

import pytest
from litestar import Litestar

from app.core.settings import get_settings
from tests.fuzz.discovery import Route, routes_of
from tests.fuzz.world import make_world
from tests.system import pages
from tests.system.people import Visitors

pytestmark = pytest.mark.system

EVERY = (
    pages.VISITORS | pages.BUYERS | pages.FRONT | pages.CONSOLE | pages.WAITING | pages.REGISTERING
)
# Answers that are right for what the world has: links that were used, pages that are over, cookies that a browser lacks.
REFUSED = {403, 404, 409, 410}


def opened(app: Litestar) -> list[Route]:
    return [one for one in routes_of(app) if one.method == "GET" and one.template in EVERY]


async def test_no_page_asks_a_stranger(
    owner: Any,
    client: Any,
    app: Litestar,
    visitors: Visitors,
    stripe_account: Any,
    clock: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(get_settings(), "rate_limits", False)
    monkeypatch.setattr(get_settings(), "staff_emails", [owner.viewer.email])
    world = await make_world(owner, client, stripe_account, clock.now())
    page = await visitors(owner.viewer)
    watch = visitors.watch(page)
    watch.allowed |= REFUSED
    routes = opened(app)
    assert {route.template for route in routes} == EVERY
    for route in routes:
        # A download link is a page only where it was opened from elsewhere.
        pick = -1 if route.template.startswith("/d/") else 0
        values = list(world.addresses(route))[pick]
        await page.goto(route.path(values), wait_until="load")
    assert len(watch.asked) > 3 * len(routes)  # pages, styles and scripts: it was awake
    assert [line for line in watch.complaints if "stranger" in line] == []
    # The control: a page that does ask is noticed.
    await page.goto("about:blank")
    await page.set_content(
        '<img src="http://192.0.2.1:9/pixel.png">', wait_until="domcontentloaded"
    )
    assert [line for line in watch.complaints if "stranger" in line] == [
        "stranger: http://192.0.2.1:9/pixel.png"
    ]
    watch.complaints.clear()
