"""A suspended page: nothing of it for visitors, at once and everywhere; what was promised before stands."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.ids import new_id
from app.core.jobs import drain
from app.orders.delivering import Standing, deliver
from app.pages import loading, streaming
from app.pages.sharing import preview_url
from app.pages.suspending import lift, suspend, suspended_pages
from app.registrations import mailing
from app.registrations.letters import LAUNCH
from tests.factories.auth import make_colleague
from tests.factories.orders import Sale, buy, form
from tests.factories.pages import make_draft, make_page
from tests.factories.registrations import make_registration
from tests.factories.types import make_countdown, make_event
from tests.support.patience import PATIENCE_SECONDS
from tests.support.streams import Stream

WORDS = "Not available right now"
REASON = "Somebody else's drawings"
HTMX = {"HX-Request": "true"}


def sale_of(page: Any) -> Sale:
    return Sale(page.id, page.short_id, new_id(), tuple(one.id for one in page.contents))


async def until_suspended(client: Any, path: str) -> Any:
    """Wait until this process has heard of it."""
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (answer := await client.get(path)).status_code == 200:
            await asyncio.sleep(0.02)
    return answer


async def test_visitors_find_nothing_of_it_and_no_search_engine_does(
    owner: Any, client: Any, now: Any
) -> None:
    page = await make_page(owner.viewer, now=now, title="The river")
    path = f"/p/{page.short_id}"
    assert (await client.get(path)).status_code == 200
    await suspend(page.id, REASON, now)
    answer = await until_suspended(client, path)
    assert answer.status_code == 404 and WORDS in answer.text
    assert answer.headers["x-robots-tag"] == "noindex" and 'content="noindex"' in answer.text
    assert "The river" not in answer.text and REASON not in answer.text
    again = await client.get(path, headers={"If-None-Match": answer.headers["etag"]})
    assert again.status_code == 304
    parts = ("/live", f"/preview?{preview_url(page, now).partition('?')[2]}")
    for part in parts:
        assert (await client.get(f"{path}{part}")).status_code == 404
    assert WORDS in (await client.get(f"{path}/fragments")).text
    framed = await client.get(f"{path}/embed")
    assert framed.status_code == 200 and "The river" not in framed.text and WORDS in framed.text
    assert "frame-ancestors *" in framed.headers["content-security-policy"]
    await lift(page.id, now)
    async with asyncio.timeout(PATIENCE_SECONDS):
        while (await client.get(path)).status_code != 200:
            await asyncio.sleep(0.02)


async def test_open_browsers_lose_it_and_get_it_back(owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    stream = await Stream(streaming.event_stream(page.id)).open()
    assert WORDS not in await stream.next()
    await suspend(page.id, REASON, now)
    assert WORDS in await stream.next()
    await lift(page.id, now)
    assert WORDS not in await stream.next()
    await stream.close()


async def test_it_sells_nothing_new_and_delivers_what_was_held(
    owner: Any, client: Any, now: Any, stripe_account: Any
) -> None:
    page = await make_page(owner.viewer, now=now, quantity=5)
    placed = await buy(sale_of(page), now)
    await suspend(page.id, REASON, now)
    for headers in ({}, HTMX):
        answer = await client.post(
            f"/p/{page.short_id}/checkout", data=form(sale_of(page), 1), headers=headers
        )
        assert answer.status_code == 404 and "shown at the moment" in answer.text
        assert page.title not in answer.text
    assert await db.fetch_value('SELECT count(*) FROM "order"') == 1
    session = await db.fetch_value('SELECT stripe_session_id FROM "order"')
    await stripe_account.pay(session)
    delivery = await deliver(session, now)
    assert delivery.standing == Standing.READY
    state = await db.fetch_value('SELECT state FROM "order" WHERE id = $1', placed.order_id)
    assert state == "completed"


async def test_it_takes_no_registrations_and_sends_nothing_to_all(
    owner: Any, client: Any, clock: Any
) -> None:
    page = await make_event(owner.viewer, now=clock.now())
    await make_registration(page, clock.now(), "ann@example.com")
    await suspend(page.id, REASON, clock.now())
    sent = {"name": "Ben", "email": "ben@example.com", "consent": "on"}
    answer = await client.post(f"/p/{page.short_id}/registrations", data=sent)
    assert answer.status_code == 404
    with pytest.raises(Conflict, match="not available"):
        await make_registration(page, clock.now(), "ben@example.com")
    assert (await client.get(f"/p/{page.short_id}/event.ics")).status_code == 404
    url = f"/console/pages/{page.id}/messages"
    written = {"id": str(new_id()), "subject": "Hello", "body": "All", "audience": "registered"}
    refused = await owner.post(url, data={**written, "step": "send"})
    assert refused.status_code == 409 and "nothing can be sent" in refused.text
    assert await db.fetch_value("SELECT count(*) FROM mailing") == 0


async def test_a_notice_that_was_due_waits_until_it_is_lifted(owner: Any, clock: Any) -> None:
    page = await make_countdown(owner.viewer, now=clock.now())
    await make_registration(page, clock.now(), "ann@example.com")
    await drain(clock.now())
    await suspend(page.id, REASON, clock.now())
    await mailing.start(page.id, LAUNCH, "launch:1", clock.now(), before=clock.now())
    await drain(clock.now())
    waits = "SELECT count(*) FROM message WHERE name = 'launch-notice'"
    assert await db.fetch_value(waits) == 0
    await lift(page.id, clock.now())
    clock.advance(timedelta(minutes=3))
    await mailing.resume(clock.now())
    await drain(clock.now())
    assert await db.fetch_value(waits) == 1


async def test_its_owners_are_told_why_and_see_it(
    owner: Any, outsider: Any, app: Any, now: Any, run_jobs: Any, inbox: Any
) -> None:
    maker = await make_colleague(owner.viewer, email="maker-suspended@example.com", now=now)
    page = await make_page(maker, now=now, title="The river")
    await suspend(page.id, REASON, now)
    await run_jobs()
    for address in ("maker-suspended@example.com", owner.viewer.email):
        assert sum(REASON in mail["text"] for mail in await inbox(address)) == 1
    detail = (await owner.get(f"/console/pages/{page.id}")).text
    assert "This page is suspended" in detail and "Somebody else&#39;s drawings" in detail
    assert "Suspended" in (await owner.get("/console/pages")).text
    assert (await outsider.get(f"/console/pages/{page.id}")).status_code == 404
    (listed,) = await suspended_pages()
    assert (listed.id, listed.title, listed.reason) == (page.id, "The river", REASON)


async def test_only_once_and_only_what_is_there(owner: Any, now: Any) -> None:
    page = await make_draft(owner.viewer, now=now)
    done = await asyncio.gather(
        *(suspend(page.id, REASON, now) for _ in range(2)), return_exceptions=True
    )
    assert sum(isinstance(one, Conflict) for one in done) == 1
    assert (await loading.by_id(page.id)).suspended_reason == REASON
    await lift(page.id, now)
    with pytest.raises(Conflict):
        await lift(page.id, now)
    with pytest.raises(NotFound):
        await suspend(new_id(), REASON, now)
