"""Share links where people sign up: who comes early, how often, and what the registration remembers of it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from markupsafe import escape

from app.core import db
from app.core.signing import sign_url
from app.operations import invariants
from app.pages.collecting import collection_of
from app.registrations.cancelling import cancel
from app.registrations.links import confirm_url
from tests.factories.links import query_of, share
from tests.factories.registrations import send, typed
from tests.factories.stock import figures
from tests.factories.types import make_event


async def test_where_somebody_came_from_is_what_a_signed_link_says(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_event(owner.viewer, now=now)
    given = await share(page, now, "newsletter")
    signed = query_of(given)
    bare = sign_url(f"/p/{page.short_id}", {"source": "fair"}, now).partition("?")[2]
    for name, query in {"a": signed, "b": bare, "c": ""}.items():
        sent = await send(client, page.short_id, f"{name}@example.com", link=query, terms="page")
        assert sent.status_code == 303
    for wrong in (signed.replace("newsletter", "press"), "source=press", f"{signed}&source=press"):
        sent = await send(client, page.short_id, "d@example.com", link=wrong)
        assert sent.status_code == 403
    rows = await db.fetch("SELECT source, link_id FROM registration ORDER BY email")
    assert [tuple(row) for row in rows] == [
        ("newsletter", given.link.id),
        ("fair", None),
        ("", None),
    ]


async def test_early_access_registers_before_the_opening_while_an_ordinary_visitor_is_refused(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    page = await make_event(owner.viewer, now=now, launch_at=now + timedelta(days=1))
    given = await share(page, now, early_minutes=2880, uses=1)
    assert (await send(client, page.short_id, "ann@example.com")).status_code == 409
    early = {"link": query_of(given), "terms": "link"}
    shown = await client.get(given.url)
    assert (
        'id="registration"' in shown.text
        and f'name="link" value="{escape(early["link"])}"' in shown.text
    )
    assert (await send(client, page.short_id, "ann@example.com", **early)).status_code == 303
    used = await send(client, page.short_id, "bob@example.com", **early)
    assert used.status_code == 409 and "used up" in used.text
    row = await db.fetch_one("SELECT * FROM registration")
    assert row and (row["email"], row["entry_stock_id"]) == ("ann@example.com", given.link.stock_id)
    assert await invariants.inspect(now) == []
    await cancel(await collection_of(page.id, now), row["id"], now)
    assert given.link.stock_id and await figures(given.link.stock_id) == (0, 0)
    assert await invariants.inspect(now) == []
    assert (await send(client, page.short_id, "bob@example.com", **early)).status_code == 303


async def test_without_scripts_a_link_goes_along_to_the_mail_that_confirms(
    owner: Any, client: httpx.AsyncClient, clock: Any
) -> None:
    now = clock.now()
    page = await make_event(owner.viewer, now=now, launch_at=now + timedelta(days=1))
    given = await share(page, now, early_minutes=2880, use_before=now + timedelta(hours=2))
    early = {"link": query_of(given), "terms": "link"}
    for name in ("ann", "bob"):
        form = typed(f"{name}@example.com", **early)
        assert (
            await client.post(f"/p/{page.short_id}/registrations", data=form)
        ).status_code == 303
    ann, bob = [
        row["id"]
        for row in await db.fetch("SELECT id FROM pending_registration ORDER BY typed ->> 'email'")
    ]
    done = await client.post(urlsplit(confirm_url(ann, now)).path)
    assert done.status_code == 303
    row = await db.fetch_one("SELECT source, link_id FROM registration")
    assert row and tuple(row) == ("vip", given.link.id)
    clock.advance(timedelta(hours=3))
    late = await client.post(urlsplit(confirm_url(bob, now)).path)
    assert late.status_code == 409 and "has ended" in late.text
    assert await db.fetch_value("SELECT count(*) FROM registration") == 1


async def test_an_early_link_does_not_overtake_the_waitlist_nor_burn_a_use_there(
    owner: Any, client: httpx.AsyncClient, now: Any
) -> None:
    launch = now + timedelta(days=1)
    page = await make_event(owner.viewer, now=now, launch_at=launch, capacity=1)
    given = await share(page, now, early_minutes=2880, uses=5)
    early = {"link": query_of(given), "terms": "link"}
    for name in ("ann", "bob"):
        assert (
            await send(client, page.short_id, f"{name}@example.com", **early)
        ).status_code == 303
    rows = await db.fetch(
        "SELECT state, entry_stock_id IS NULL AS free FROM registration ORDER BY email"
    )
    assert [tuple(row) for row in rows] == [("confirmed", False), ("waiting", True)]
    assert given.link.stock_id and await figures(given.link.stock_id) == (0, 1)
    assert await invariants.inspect(now) == []
