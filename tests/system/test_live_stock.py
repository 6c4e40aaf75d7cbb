"""What others do is seen at once on every open page: stock that falls, holds that wait, a pause and its end."""

import asyncio
from typing import Any

import pytest
from playwright.async_api import Page, Route, expect

from app.core.clock import utc_now
from app.pages import loading
from tests.factories.pages import make_page
from tests.system.people import PHONE, Visitors
from tests.system.steps import go_to_payment, live, pay, thanked

pytestmark = pytest.mark.system

LATE_SECONDS = 0.5


async def all_see(pages: list[Page], text: str) -> None:
    await asyncio.gather(
        *(expect(page.locator("#stock-page")).to_contain_text(text) for page in pages)
    )


async def test_two_visitors_watch_a_third_hold_buy_and_take_the_last(
    owner: Any, visitors: Visitors, shop: Any
) -> None:
    page = await make_page(owner.viewer, now=utc_now(), quantity=2)
    watchers = [await visitors(), await visitors(width=PHONE)]
    for watcher in watchers:
        await watcher.goto(f"/p/{page.short_id}")
        await live(watcher)
    await all_see(watchers, "2 left")
    first, second = await visitors(), await visitors()

    await first.goto(f"/p/{page.short_id}")
    await go_to_payment(first, "first@example.com")
    await all_see(watchers, "1 left")
    await all_see(watchers, "1 in a basket")

    await second.goto(f"/p/{page.short_id}")
    await go_to_payment(second, "second@example.com")
    await all_see(watchers, "All in baskets")
    await all_see(watchers, "the next may be released in")
    for watcher in watchers:
        await expect(watcher.get_by_role("button", name="All in other baskets")).to_be_disabled()

    await asyncio.gather(pay(first), pay(second))
    await asyncio.gather(thanked(first), thanked(second))
    for watcher in watchers:
        await expect(watcher.locator("#page-main")).to_contain_text("Sold out")
        await expect(watcher.locator("#checkout")).to_have_count(0)


async def test_a_page_is_live_however_late_its_scripts_come(owner: Any, visitors: Visitors) -> None:
    page = await make_page(owner.viewer, now=utc_now())

    async def late(route: Route) -> None:
        await asyncio.sleep(LATE_SECONDS)
        await route.continue_()

    for script in ("hx-sse.min.js", "htmx.min.js", "live.js"):
        visitor = await visitors()
        await visitor.route(f"**/{script}", late)
        await visitor.goto(f"/p/{page.short_id}")
        await live(visitor)


async def test_what_a_visitor_types_stays_while_the_page_changes(
    owner: Any, visitors: Visitors, shop: Any
) -> None:
    page = await make_page(owner.viewer, now=utc_now(), quantity=5)
    typing, other = await visitors(), await visitors()
    await typing.goto(f"/p/{page.short_id}")
    await live(typing)
    field = typing.get_by_label("Your e-mail address")
    await field.press_sequentially("half-writ")
    await other.goto(f"/p/{page.short_id}")
    await go_to_payment(other, "other@example.com")
    await all_see([typing], "4 left")
    await expect(field).to_be_focused()
    await field.press_sequentially("ten@example.com")
    await expect(field).to_have_value("half-written@example.com")


async def test_a_pause_and_its_end_are_seen_by_who_has_the_page_open(
    owner: Any, visitors: Visitors, shop: Any
) -> None:
    page = await make_page(owner.viewer, now=utc_now())
    visitor, console = await visitors(width=PHONE), await visitors(owner.viewer)
    await visitor.goto(f"/p/{page.short_id}")
    await live(visitor)
    await console.goto(f"/console/pages/{page.id}")

    await console.get_by_role("button", name="Pause", exact=True).click()
    dialog = console.get_by_role("dialog", name="Pause this page?")
    await dialog.get_by_text("The deadline moves").click()
    await dialog.get_by_role("button", name="Pause").click()
    await expect(visitor.get_by_role("heading", name="Paused for the moment")).to_be_visible()
    await expect(visitor.get_by_role("button", name="Buy now")).to_have_count(0)

    await console.get_by_role("button", name="Resume").click()
    await expect(visitor.get_by_role("button", name="Buy now")).to_be_enabled()
    await expect(visitor.locator("[data-countdown]")).to_be_visible()
    resumed = await loading.by_id(page.id)
    assert page.times.expires_at and resumed.times.expires_at
    assert resumed.times.expires_at > page.times.expires_at
    await expect(visitor.locator("#page-main")).to_contain_text("Changes to this offer")
