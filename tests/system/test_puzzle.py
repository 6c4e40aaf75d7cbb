"""The puzzle as people meet it: unseen, unheard, telling nothing but coarse traits, and never the end of the way."""

import re
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest
from playwright.async_api import Page, Request, Route, expect

from app.core.clock import utc_now
from app.core.ids import new_short_id
from tests.factories.types import make_event
from tests.system.people import PHONE, Visitors

pytestmark = pytest.mark.system

COARSE = re.compile(r"[sml];UTC;en;[248];(touch)?")
# More than the form has controls.
TABS = 25


async def fill_in(page: Page) -> None:
    await page.get_by_label("Your name").fill("Ann Lee")
    await page.get_by_label("Your e-mail address").fill(f"ann-{new_short_id()}@example.com")
    await page.get_by_label("I agree").check()


async def tabbed_through(page: Page) -> list[str]:
    """Return the names of what the tabulator key reaches, from the form's first control on."""
    await page.get_by_label("Your name").focus()
    names: list[str] = []
    for _ in range(TABS):
        names.append(await page.evaluate("document.activeElement.name || ''"))
        await page.keyboard.press("Tab")
    return names


async def test_only_the_question_for_a_puzzle_tells_traits_and_nobody_meets_the_trap(
    owner: Any, visitors: Visitors
) -> None:
    event = await make_event(owner.viewer, now=utc_now())
    visitor = await visitors(width=PHONE)
    told: dict[str, str] = {}

    def note(request: Request) -> None:
        if traits := request.headers.get("x-puzzle-traits"):
            told[urlsplit(request.url).path] = unquote(traits)

    visitor.on("request", note)
    await visitor.goto(f"/p/{event.short_id}")
    assert told == {}, "nothing is told before somebody fills the form in"
    reached = await tabbed_through(visitor)
    assert {"name", "email", "consent"} < set(reached)
    assert "homepage" not in reached
    box = await visitor.locator("#trap").bounding_box()
    shown = await visitor.evaluate("getComputedStyle(document.querySelector('.trap')).clipPath")
    assert box is not None
    assert shown == "inset(50%)"
    await fill_in(visitor)
    await visitor.get_by_role("button", name="Register").click()
    await expect(visitor.get_by_role("heading", name="You are registered")).to_be_visible()
    assert list(told) == [f"/p/{event.short_id}/puzzle"]
    assert all(COARSE.fullmatch(traits) for traits in told.values()), told
    assert await visitor.context.cookies() == []
    assert await visitor.evaluate("localStorage.length + sessionStorage.length") == 0


async def test_who_can_not_solve_it_in_time_confirms_by_mail(
    owner: Any, visitors: Visitors
) -> None:
    event = await make_event(owner.viewer, now=utc_now())
    visitor = await visitors()

    async def never(_route: Route) -> None: ...

    await visitor.clock.install()
    await visitor.route("**/puzzle", never)
    await visitor.goto(f"/p/{event.short_id}")
    await fill_in(visitor)
    await visitor.get_by_role("button", name="Register").click()
    await expect(visitor.locator("#registration[data-sending]")).to_be_attached()
    await visitor.clock.fast_forward(31_000)
    await expect(visitor.get_by_role("heading", name="One more step")).to_be_visible()
    await visitor.unroute_all(behavior="ignoreErrors")
