"""Nobody is led to another site unawares: it is named before, and a later visitor follows a link of their own will."""

from typing import Any

import pytest

from app.pages.showing import full_update
from app.pages.terms import Afterlife
from app.pages.viewing import view_page
from tests.factories.pages import make_page
from tests.factories.types import HOUR, make_countdown, make_offer
from tests.support.redirects import leads

SHOP = "https://shop.example.com/a?b=c"
AWAY = {"action": "redirect", "url": SHOP}
NAMED = "At its end this page leads to another site: shop.example.com"


@pytest.mark.parametrize("which", ["countdown", "flash-sale", "limited-offer"])
async def test_a_page_names_beforehand_where_it_will_lead(
    owner: Any, client: Any, clock: Any, which: str
) -> None:
    now, viewer = clock.now(), owner.viewer
    if which == "countdown":
        page = await make_countdown(viewer, now=now, at_zero=AWAY)
    elif which == "flash-sale":
        page = await make_page(viewer, now=now, afterlife=Afterlife(action="redirect", url=SHOP))
    else:
        page = await make_offer(viewer, now=now, expires_at=now + HOUR, after=AWAY)
    assert NAMED in (await client.get(f"/p/{page.short_id}")).text
    clock.advance(HOUR)
    answer = await client.get(f"/p/{page.short_id}")
    assert leads(answer) == SHOP and NAMED not in answer.text
    # Who had the page open, and so was told, is led there at once.
    assert "data-redirect" in full_update(view_page(page, {}, clock.now()))


async def test_a_page_that_leads_nowhere_says_nothing(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    assert "another site" not in (await client.get(f"/p/{page.short_id}")).text
