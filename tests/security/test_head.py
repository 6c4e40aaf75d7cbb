"""HEAD is answered as GET is, without the body, and leaves no trace."""

import re
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.core import db
from app.orders.links import download_path
from app.pages.visitors import visits
from tests.factories.deliveries import make_sold
from tests.factories.pages import make_page
from tests.fuzz.attacking import Attack
from tests.fuzz.discovery import Route
from tests.support.hearing import heard

# What differs between two answers to the same GET.
OWN = {"date", "x-request-id", "server-timing", "set-cookie", "last-modified"}
# Answers whose length changes by themselves: figures, a puzzle that is made anew, and the log of what staff looked at.
LENGTH_CHANGES = re.compile(r"/metrics$|/puzzle$|^/console/staff/")
HOME = "127.0.0.1"


def _headers(answer: httpx.Response, url: str) -> dict[str, str]:
    kept = {name: value for name, value in answer.headers.items() if name not in OWN}
    if "location" in kept:
        # Presigned addresses and fresh download links carry their own moment.
        kept["location"] = "/".join(urlsplit(kept["location"]).path.split("/")[:2])
    if LENGTH_CHANGES.search(url):
        kept.pop("content-length", None)
    return kept


def _addresses(attack: Attack, route: Route) -> list[str]:
    query = f"?session_id={attack.world.sold.session_id}" if "download" in route.template else ""
    found = [route.path(values) + query for values in attack.world.addresses(route)]
    return found[:1] if route.console else found


async def test_head_is_every_gets_answer_without_a_trace(attack: Attack) -> None:
    asked, traces = 0, dict[str, set[str]]()
    for route in (route for route in attack.routes if route.method == "GET"):
        for url in _addresses(attack, route):
            client = attack.owner if route.console else attack.visitor
            head = await client.head(url)
            assert head.content == b"", url
            if changed := await attack.snapshot.changed():
                traces[str(route)] = set(changed)
                await attack.snapshot.restore(changed)
            if route.streams:
                assert head.headers["content-type"].startswith("text/event-stream") or (
                    head.status_code in (204, 404)
                ), url
                continue
            get = await attack.send("GET", url)
            assert head.status_code == get.status_code, url
            assert _headers(head, url) == _headers(get, url), url
            asked += 1
    assert asked > 100 and not traces, traces


async def test_head_of_what_can_only_be_sent_is_refused_as_a_get(client: Any, owner: Any) -> None:
    answers = [await client.request(method, "/logout") for method in ("HEAD", "GET")]
    assert [answer.status_code for answer in answers] == [405, 405]
    assert (await client.head("/nowhere")).status_code == 404


async def test_no_visit_is_counted_in_memory_or_past_it(owner: Any, client: Any, now: Any) -> None:
    path = f"/p/{(await make_page(owner.viewer, now=now)).short_id}"
    browser = {
        "User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"
    }
    await heard()
    await visits.flush()
    for _warm in range(2):
        head = await client.head(path, headers=browser)
        assert head.status_code == 200 and int(head.headers["content-length"]) > 1000
    assert visits.seen == {}
    await client.get(path, headers=browser)
    assert len(visits.seen) == 1
    await visits.flush()


async def test_no_download_is_spent(owner: Any, client: Any, now: Any) -> None:
    sold = await make_sold(owner.viewer, now)
    path = download_path(sold.id, sold.files[0], HOME, now)
    assert (await client.head(path)).status_code == 303
    old = download_path(sold.id, sold.files[0], HOME, now - timedelta(hours=1))
    assert (await client.head(old)).status_code == 410
    assert await db.fetch_value("SELECT count(*) FROM download_attempt") == 0


async def test_a_sessions_token_is_not_exchanged(owner: Any, clock: Any) -> None:
    clock.advance(timedelta(hours=1))
    generation = "SELECT generation FROM session WHERE user_id = $1"
    head = await owner.head("/console/account")
    assert head.status_code == 200 and "set-cookie" not in head.headers
    assert await db.fetch_value(generation, owner.viewer.user_id) == 1
    assert (await owner.get("/console/account")).status_code == 200
    assert await db.fetch_value(generation, owner.viewer.user_id) == 2


async def test_a_stream_ends_at_once(app: Any, owner: Any, now: Any) -> None:
    path = f"/p/{(await make_page(owner.viewer, now=now)).short_id}"
    for _warm in range(2):
        async with httpx.AsyncClient(
            transport=httpx.ASGITransport(app), base_url=str(owner.base_url)
        ) as visitor:
            head = await visitor.head(f"{path}/live", timeout=5)
            assert head.status_code == 200
            assert head.headers["content-type"].startswith("text/event-stream")
            await visitor.get(path)
