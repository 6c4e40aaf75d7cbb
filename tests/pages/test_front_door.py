"""What is answered below the router is what the router answers, and everything personal goes past it."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from app.pages.front_door import FrontDoor
from app.pages.public import cache
from app.pages.visitors import visits
from tests.factories.pages import make_page
from tests.support.hearing import heard

OWN = {"date", "x-request-id", "server-timing"}


class Router:
    """Stands for the router: notes what comes through to it."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.asked.append(scope["path"])
        await send({"type": "http.response.start", "status": 299, "headers": []})
        await send({"type": "http.response.body", "body": b"router", "more_body": False})


@pytest.fixture
async def router() -> Router:
    return Router()


@pytest.fixture
async def front(app: Any, router: Router) -> Any:
    transport = httpx.ASGITransport(FrontDoor(router, cache, visits))  # type: ignore[arg-type]  # Litestar's names for the same
    async with httpx.AsyncClient(transport=transport, base_url="http://front") as visitor:
        yield visitor


@pytest.mark.parametrize("encoding", ["br", "gzip", "identity"])
async def test_the_first_and_the_next_answer_are_the_same(
    owner: Any, client: Any, now: Any, encoding: str
) -> None:
    page = await make_page(owner.viewer, now=now)
    await heard()
    asked = {"Accept-Encoding": encoding}
    renders = cache.renders
    answers = [await client.get(f"/p/{page.short_id}", headers=asked) for _ in range(2)]
    assert cache.renders == renders + 1
    cold, warm = ({k: v for k, v in a.headers.items() if k not in OWN} for a in answers)
    assert cold == warm
    assert answers[0].content == answers[1].content
    assert ("content-encoding" in warm) == (encoding != "identity")


async def test_a_page_in_memory_never_reaches_the_router(
    owner: Any, client: Any, front: Any, router: Router, now: Any
) -> None:
    path = f"/p/{(await make_page(owner.viewer, now=now)).short_id}"
    await heard()
    assert (await front.get(path)).status_code == 299
    etag = (await client.get(path)).headers["etag"]
    assert (await front.get(path)).status_code == 200
    known = await front.get(path, headers={"If-None-Match": etag})
    assert (known.status_code, known.content) == (304, b"")
    assert router.asked == [path]


async def test_what_may_need_another_answer_goes_on_to_the_router(
    owner: Any, client: Any, front: Any, router: Router, now: Any
) -> None:
    path = f"/p/{(await make_page(owner.viewer, now=now)).short_id}"
    await heard()
    await client.get(path)
    for asking in (
        front.get(path, headers={"Cookie": "a=b; buyer=me"}),
        front.get(f"{path}?source=mail&sig=x"),
        front.head(path),
        front.post(path),
        front.get(f"{path}/hold"),
        front.get("/p/unknown"),
        front.get("/"),
    ):
        assert (await asking).status_code == 299
    assert len(router.asked) == 7


async def test_what_others_add_to_an_address_changes_neither_speed_nor_memory(
    owner: Any, client: Any, front: Any, router: Router, now: Any
) -> None:
    path = f"/p/{(await make_page(owner.viewer, now=now)).short_id}"
    await heard()
    plain = await client.get(path)
    kept, renders = len(cache.kept), cache.renders
    for number in range(20):
        for junk in (f"fbclid={number}", f"utm_source=letter&utm_campaign={number}", f"{number}"):
            answer = await front.get(f"{path}?{junk}")
            assert (answer.status_code, answer.content) == (200, plain.content)
            assert (await client.get(f"{path}/fragments?{junk}")).status_code == 200
    assert (router.asked, len(cache.kept), cache.renders) == ([], kept, renders)
    campaigns = {key[2] for key in visits.seen}
    await visits.flush()
    assert campaigns == {"", "letter"}


async def test_memory_is_not_asked_past_the_pages_end_or_while_changes_go_unheard(
    owner: Any, client: Any, front: Any, clock: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = await make_page(
        owner.viewer, now=clock.now(), expires_at=clock.now() + timedelta(seconds=5)
    )
    await heard()
    path = f"/p/{page.short_id}"
    await client.get(path)
    assert (await front.get(path)).status_code == 200
    monkeypatch.setattr(cache.bus, "connected", False)
    assert (await front.get(path)).status_code == 299
    monkeypatch.undo()
    assert (await front.get(path)).status_code == 200
    clock.advance(timedelta(seconds=5))
    assert (await front.get(path)).status_code == 299
