"""Share links in the console: made with what they give, listed with what came of them, stopped, printed."""

import re
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from app.core import db
from app.core.ids import new_id
from app.core.local_times import fold_of, to_local
from app.orders.fulfilling import complete
from app.orders.refunding import refund
from app.pages.link_figures import Takings, links_of
from app.pages.loading import PageRecord
from app.pages.visitors import visits
from app.payments.gateway import get_gateway
from tests.factories.links import sale_of, share
from tests.factories.orders import buy, order_row
from tests.factories.pages import make_draft, make_page
from tests.factories.registrations import make_registration
from tests.factories.types import make_event
from tests.factories.visits import BROWSER

HOUR = timedelta(hours=1)
NOT_OVER = {"over": ""}


def url(page: PageRecord, *more: object) -> str:
    return "/".join((f"/console/pages/{page.id}/share-links", *map(str, more)))


def local(moment: datetime) -> str:
    return to_local(moment, "Europe/Berlin")


@pytest.mark.any_moment
async def test_a_link_is_made_with_all_that_it_gives(owner: Any, client: Any, now: Any) -> None:
    page = await make_page(
        owner.viewer, now=now, launch_at=now + HOUR, expires_at=now + 30 * HOUR, quantity=5
    )
    until = (now + 20 * HOUR).replace(second=0)
    sent = {
        "source": "newsletter",
        "early_minutes": "60",
        "discount_percent": "15",
        "use_before": local(until),
        "use_before_fold": fold_of(until, "Europe/Berlin"),
        "uses": "3",
    }
    for _time in range(2):
        answer = await owner.post(url(page), data=sent)
        assert answer.status_code == 303 and answer.headers["location"].endswith(url(page))
    (found,) = await links_of(page, now)
    link = found.link
    assert (link.early, link.discount_percent, link.use_before) == (HOUR, 15, until)
    assert found.uses and found.uses.capacity == 3
    html = (await owner.get(url(page))).text
    for words in ("Early: 1 hour before the launch", "15 % off", "3 of 3 uses left", "Good"):
        assert words in html
    copied = re.search(r'data-copy="(http[^"]*source=newsletter[^"]+)"', html)
    assert copied and (await client.get(copied[1].replace("&amp;", "&"))).status_code == 200
    changed = await owner.post(url(page), data={**sent, "discount_percent": "16"})
    assert changed.status_code == 409 and "never changes" in changed.text


BAD = [
    ({"source": ""}, "fill this in"),
    ({"source": "<script>"}, "right form"),
    ({"source": "x" * 41}, "At most 40"),
    ({"early_minutes": "7"}, "one of the options"),
    ({"discount_percent": "0"}, "At least 1"),
    ({"discount_percent": "101"}, "At most 100"),
    ({"discount_percent": "5", "uses": "0"}, "At least 1"),
    ({"discount_percent": "5", "uses": "1000001"}, "At most 1000000"),
    ({"discount_percent": "5", "use_before": "2001-01-01T10:00"}, "in the future"),
    ({"discount_percent": "5", "use_before": "soon"}, "date and a time"),
    ({"use_before": "2199-01-01T10:00"}, "nothing that could end"),
    ({"uses": "5"}, "nothing that could end"),
    ({"colour": "red"}, "Unknown field"),
]


@pytest.mark.parametrize(("wrong", "words"), BAD)
async def test_what_makes_no_sense_is_said_beside_its_field(
    owner: Any, now: Any, wrong: dict[str, str], words: str
) -> None:
    page = await make_draft(owner.viewer, now=now)
    sent = {"source": "news", **wrong}
    answer = await owner.post(url(page), data=sent)
    assert answer.status_code == 422 and words in answer.text
    assert f'value="{sent["discount_percent"]}"' in answer.text if "discount_percent" in sent else 1
    assert await links_of(page, now) == []


async def test_what_a_page_can_not_give_is_refused(owner: Any, now: Any) -> None:
    event, running = await make_event(owner.viewer, now=now), await make_page(owner.viewer, now=now)
    cheaper = await owner.post(url(event), data={"source": "news", "discount_percent": "5"})
    assert cheaper.status_code == 422 and "Nothing is sold" in cheaper.text
    early = await owner.post(url(running), data={"source": "news", "early_minutes": "60"})
    assert early.status_code == 422 and "nobody can be early" in early.text
    html = (await owner.get(url(event))).text
    assert 'name="discount_percent"' not in html and 'name="early_minutes"' not in html


async def test_a_link_is_stopped_and_goes_on_with_and_without_scripts(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    given = await share(page, now, discount_percent=5)
    stop = url(page, given.link.id, "stop")
    assert (await owner.post(stop, data=NOT_OVER)).status_code == 303
    assert "Stopped" in (await owner.get(url(page))).text
    assert await db.fetch_value("SELECT stopped_by FROM share_link") == owner.viewer.user_id
    assert (await owner.post(stop, data={"over": "yes"})).status_code == 303
    (found,) = await links_of(page, now)
    assert found.link.stopped_at is None
    htmx = {"HX-Request": "true"}
    over = {"over": "yes"}
    for sent, stopped in ((NOT_OVER, True), (NOT_OVER, True), (over, False), (over, False)):
        answer = await owner.post(stop, headers=htmx, data=sent)
        assert answer.status_code == 200 and 'id="share-links"' in answer.text
        assert ((await links_of(page, now))[0].link.stopped_at is not None) is stopped
    assert (await owner.post(url(page, new_id(), "stop"), data=NOT_OVER)).status_code == 404


async def test_the_code_for_printing_is_a_picture(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    given = await share(page, now)
    answer = await owner.get(url(page, given.link.id, "qr.svg"))
    assert answer.headers["content-type"].startswith("image/svg+xml")
    assert answer.text.startswith("<svg") and "<path" in answer.text
    assert (await owner.get(url(page, new_id(), "qr.svg"))).status_code == 404


async def test_figures_come_from_orders_and_registrations_themselves(
    owner: Any, client: Any, now: Any, stripe_account: Any
) -> None:
    page, event = await make_page(owner.viewer, now=now, amount=2000), await make_event(owner.viewer, now=now)  # fmt: skip
    given, other = await share(page, now, discount_percent=20), await share(page, now, "other")
    joined = await share(event, now)
    for _visit in range(2):
        await client.get(given.url, headers=BROWSER)
    await visits.flush()
    await buy(sale_of(page), now, source="vip", email="ben@example.com")
    placed = await buy(sale_of(page), now, source="vip")
    session_id = (await order_row(placed.order_id))["stripe_session_id"]
    await stripe_account.pay(session_id)
    await complete(await get_gateway().get_checkout(session_id), now)
    part: dict[str, Any] = {"refund_id": new_id(), "actor_id": None, "restock": False, "now": now}
    await refund(placed.order_id, 200, **part)
    for email in ("ann@example.com", "ben@example.com"):
        await make_registration(event, now, email, link_id=joined.link.id)
    first, second = await links_of(page, now)
    assert first.takings == Takings(2, 1, 0, {"EUR": 1000}) and (first.views, first.visitors) == (
        2,
        1,
    )
    assert second.link == other.link and second.takings == Takings()
    assert (await links_of(event, now))[0].takings == Takings(registrations=2)
    html = (await owner.get(url(page))).text
    assert "€10.00" in html and "1 visitor, counted once a day" in html


async def test_the_list_takes_at_most_six_statements(
    owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_page(owner.viewer, now=now)
    for index in range(4):
        await share(page, now, f"source {index}", uses=5, discount_percent=5)
    statements: list[str] = []
    execute = asyncpg.Connection._execute  # type: ignore[attr-defined]

    async def counting(self: Any, query: str, *args: Any, **options: Any) -> Any:
        statements.append(query)
        return await execute(self, query, *args, **options)

    monkeypatch.setattr(asyncpg.Connection, "_execute", counting)
    assert (await owner.get(url(page))).status_code == 200
    assert len([text for text in statements if text != "SELECT 1"]) <= 6


WRITES: list[tuple[str, str, dict[str, str]]] = [
    ("POST", "", {"source": "mine"}),
    ("POST", "{link}/stop", NOT_OVER),
    ("POST", "{link}/stop", {"over": "yes"}),
]


@pytest.mark.parametrize(("method", "path", "data"), WRITES)
async def test_links_are_for_who_may_edit_the_page(
    owner: Any, outsider: Any, app: Any, clock: Any, method: str, path: str, data: dict[str, str]
) -> None:
    from tests.conftest import member_of
    from tests.factories.auth import make_colleague

    now = clock.now()
    page = await make_page(owner.viewer, now=now)
    given = await share(page, now, discount_percent=5)
    target = url(page, path.format(link=given.link.id)).rstrip("/")
    looking = await make_colleague(
        owner.viewer, email="vera@example.com", roles=("viewer",), now=now
    )
    before = await db.fetch("SELECT * FROM share_link")
    async with await member_of(app, now, looking) as vera:
        assert (await vera.get(url(page))).status_code == 200
        for who in (vera, outsider):
            assert (await who.request(method, target, data=data or None)).status_code == 404
    for place in (url(page), url(page, given.link.id, "qr.svg")):
        assert (await outsider.get(place)).status_code == 404
    own = await make_page(outsider.viewer, now=now)
    taken = await outsider.post(url(own, given.link.id, "stop"), data=NOT_OVER)
    assert taken.status_code == 404
    assert await db.fetch("SELECT * FROM share_link") == before


async def test_links_of_pages_that_nobody_has_are_not_there(owner: Any) -> None:
    nobody = UUID(int=7)
    assert (await owner.get(f"/console/pages/{nobody}/share-links")).status_code == 404
