"""Who sells sees it happen: visitors come, a piece is bought, and the live view says so without being asked."""

from typing import Any

import pytest
from playwright.async_api import expect

from app.core.clock import utc_now
from tests.factories.links import sale_of
from tests.factories.orders import buy
from tests.factories.pages import make_page
from tests.factories.visits import BROWSER
from tests.system.people import Visitors
from tests.system.steps import live

pytestmark = pytest.mark.system


async def test_visitors_and_baskets_appear_as_they_come(
    owner: Any, visitors: Visitors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("app.analytics.dashboards.LONGEST_SECONDS", 1.0)
    page = await make_page(owner.viewer, now=utc_now(), quantity=5)
    console = await visitors(owner.viewer)
    await console.goto("/console/live")
    card = console.locator(f"#live-{page.id}")
    await expect(card).to_contain_text("Here now")
    await expect(card.locator(".pulse")).to_have_count(0)
    await live(console)
    link = card.get_by_role("link", name=page.title)
    await link.focus()

    visitor = await visitors(user_agent=BROWSER["User-Agent"])
    await visitor.goto(f"/p/{page.short_id}")
    await expect(card.locator(".pulse dd")).to_have_text("1")
    await buy(sale_of(page), utc_now())
    await expect(card).to_contain_text("In baskets")
    await expect(link).to_be_focused()
