"""The demo: a login that works, real files in the store, a sale that runs, one that comes, one that is over."""

from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest

from app.analytics.periods import last_days
from app.analytics.reporting import make_report
from app.auth.members import member_by_email
from app.auth.viewer import Viewer
from app.core import db
from app.core.settings import get_settings
from app.demo import DemoLogin, create_demo, goods, guests, history, occasions, sales, team
from app.pages import loading
from app.pages.lifecycle import State
from app.pages.link_figures import links_of
from app.pages.overview import briefs_of
from app.pages.sources import Kind, Source
from app.pages.types import page_types
from app.products.queries import original_files, product_cards
from app.stock.codes.finding import find
from app.stock.codes.standing import Standing
from app.stock.levels import levels
from app.storage.objects import get_store
from app.teams.queries import open_invitations
from tests.conftest import Inbox
from tests.support.aliases import RunJobs

_COUNTS = """SELECT (SELECT count(*) FROM "user") AS users, (SELECT count(*) FROM product) AS products,
  (SELECT count(*) FROM file) AS files, (SELECT count(*) FROM page) AS pages,
  (SELECT count(*) FROM "order") AS orders, (SELECT sum(sold) FROM stock) AS sold,
  (SELECT max(updated_at) FROM page) AS changed"""


BOUGHT = 3


@pytest.fixture(autouse=True)
def _few_buyers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each pays at the sandbox, one after the other."""
    monkeypatch.setattr(history, "CAME", history.CAME[:BOUGHT])


async def test_it_has_what_a_new_user_looks_for(
    client: httpx.AsyncClient, now: datetime, run_jobs: RunJobs, inbox: Inbox
) -> None:
    """Made once, for that takes seconds."""
    login = await create_demo(get_settings(), now)
    await _there_is_something_to_report(now)
    await _products_have_real_files_and_covers(now)
    await _one_sale_runs_one_comes_and_one_is_sold_out(now)
    await _its_codes_work_on_its_pages(now)
    await _there_is_a_page_of_every_type(client, now)
    await _the_printed_login_opens_the_console(client, login)
    await run_jobs()
    await _those_who_got_one_have_mail(inbox)
    await _there_is_a_team(inbox)


async def _there_is_something_to_report(now: datetime) -> None:
    page = await loading.by_id(history.PAST.id)
    assert page.state(now) is State.EXPIRED
    briefs = await briefs_of(page.group_id)
    report = await make_report(briefs, last_days("30d", page.zone, now))
    figures = report.by_page[page.id]
    assert (figures.checkouts, figures.orders) == (BOUGHT, BOUGHT - 1)
    assert figures.visitors > 300 and figures.revenue["EUR"].net > 0
    event = report.by_page[occasions.EVENT.id]
    assert (event.signups, event.visitors > 100) == (len(guests.GUESTS), True)
    for share in await links_of(page, now):
        seen = report.by_source[Source(Kind.LINK, share.link.source)]
        assert (share.visitors > 0) and seen.visitors >= share.visitors
        assert share.takings.orders <= seen.orders


async def _the_printed_login_opens_the_console(client: httpx.AsyncClient, login: DemoLogin) -> None:
    sent = await client.post("/login", data={"email": login.email, "password": login.password})
    assert sent.status_code == 303
    assert sent.headers["location"].startswith("/console")
    assert await db.fetch_value('SELECT verified_at FROM "user" WHERE email = $1', login.email)


async def _products_have_real_files_and_covers(now: datetime) -> None:
    ids = [good.id for good in (goods.FIELD_NOTES, goods.MORNING_MIST, goods.WALLPAPER)]
    assert all(card.cover for card in (await product_cards(ids, now)).values())
    (notes,) = await original_files(goods.FIELD_NOTES.id)
    data = await get_store().read(notes.object_key, notes.size + 1)
    assert len(data) == notes.size
    assert data.startswith(b"%PDF-")
    assert data.rstrip().endswith(b"%%EOF")


async def _one_sale_runs_one_comes_and_one_is_sold_out(now: datetime) -> None:
    running = await loading.by_id(sales.RUNNING.id)
    assert running.state(now) is State.ACTIVE
    assert running.times.expires_at is not None
    left = running.times.expires_at - now
    assert timedelta(hours=1) <= left <= timedelta(hours=1, minutes=1)
    assert [content.image != "" for content in running.contents] == [True, True]
    scheduled = await loading.by_id(sales.SCHEDULED.id)
    assert scheduled.state(now) is State.SCHEDULED
    assert scheduled.state(now + timedelta(days=1)) is State.ACTIVE
    over = await loading.by_id(sales.SOLD_OUT.id)
    assert (over.state(now), over.ended_cause) == (State.EXPIRED, "limit")
    (level,) = (await levels(over.stock_ids())).values()
    assert (level.available, level.sold) == (0, len(sales.GIVEN_AWAY))
    came = {share.link.source: share.takings.orders for share in await links_of(over, now)}
    assert came == {"newsletter": 6, "poster": 2}
    early = {share.link.source: share.link.gives for share in await links_of(scheduled, now)}
    assert early == {"friends": True, "newsletter": False}


async def _its_codes_work_on_its_pages(now: datetime) -> None:
    running, offer = await loading.by_id(sales.RUNNING.id), await loading.by_id(occasions.OFFER.id)
    assert offer.own_code is not None
    assert offer.own_code.standing(None, now) is Standing.GOOD and not offer.changes
    for page, text, fits in (
        (running, "friends15", True),
        (offer, "friends15", False),
        (offer, "early-mist", True),
        (running, "five-off", True),
    ):
        found = await find(page.group_id, text, page.id)
        assert found is not None and found.fits_page is fits
        assert found.code.standing(None, now) is Standing.GOOD


async def _those_who_got_one_have_mail(inbox: Inbox) -> None:
    assert len(await inbox(f"{sales.GIVEN_AWAY[0]}@visitor.example")) == 1


async def _there_is_a_team(inbox: Inbox) -> None:
    jonas = await member_by_email(team.JONAS.email)
    assert jonas is not None and jonas.roles == {"editor"}
    (waiting,) = await open_invitations(jonas.organization_id)
    assert waiting.email == team.MARTA.email
    assert any("invites you" in mail["subject"] for mail in await inbox(team.MARTA.email))


async def test_made_again_it_changes_nothing(app: Any, now: datetime) -> None:
    await create_demo(get_settings(), now)
    before = await db.fetch_one(_COUNTS)
    assert before is not None
    assert (before["users"], before["products"], before["files"]) == (2, 3, 6)
    assert (before["pages"], before["orders"]) == (7, len(sales.GIVEN_AWAY) + BOUGHT)
    await create_demo(get_settings(), now + timedelta(days=3))
    assert await db.fetch_one(_COUNTS) == before


async def test_interrupted_it_goes_on_where_it_stopped(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    put_up = sales.put_up_sales

    async def interrupted(creator: Viewer, now: datetime) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("app.demo.put_up_sales", interrupted)
    with pytest.raises(KeyboardInterrupt):
        await create_demo(get_settings(), now)
    monkeypatch.setattr("app.demo.put_up_sales", put_up)
    await create_demo(get_settings(), now)
    found = await db.fetch_one(_COUNTS)
    assert found is not None
    assert (found["users"], found["products"], found["files"], found["pages"]) == (2, 3, 6, 7)


async def test_production_gets_no_known_password(
    app: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(get_settings(), "environment", "production")
    with pytest.raises(RuntimeError, match="production"):
        await create_demo(get_settings(), now)
    assert await db.fetch_value('SELECT count(*) FROM "user"') == 0


async def _there_is_a_page_of_every_type(client: httpx.AsyncClient, now: datetime) -> None:
    plans = (sales.RUNNING, occasions.COUNTDOWN, occasions.EVENT, occasions.OFFER)
    assert {plan.type for plan in plans} == set(page_types)
    for plan in plans:
        page = await loading.by_id(plan.id)
        assert page.state(now) is State.ACTIVE
        answer = await client.get(f"/p/{page.short_id}")
        assert answer.status_code == 200 and plan.title in answer.text
