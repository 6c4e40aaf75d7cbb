"""SSRF: the server asks the hosts that its operator set, and none that anybody typed.

Every lookup and connection of this process is noted. `attack` listens like this too, so all that is typed into all forms is
covered (tests/fuzz/conftest.py); here are addresses that were stored already.
"""

import asyncio
from collections.abc import AsyncGenerator
from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from app.core.clock import ManualClock
from app.pages.terms import Afterlife
from tests.factories.pages import make_page
from tests.factories.registrations import make_registration
from tests.factories.types import make_countdown, make_event, make_offer
from tests.support.outgoing import noting, strangers

# Nobody knows this name: whoever wanted to connect would have to look it up.
TRAP = "trap.example"
TYPED = f"https://{TRAP}:8443/a.png?b=c"


@pytest.fixture
async def listener() -> AsyncGenerator[list[str], None]:
    """A server on this machine, where only the server itself could reach it. Its first item is its address."""
    heard: list[str] = []

    async def answer(_reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        heard.append("asked")
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    heard.append(f"https://127.0.0.1:{server.sockets[0].getsockname()[1]}/")
    yield heard
    server.close()


async def test_the_ear_hears_who_asks(listener: list[str]) -> None:
    """The control: a connection of any library is noted, and a name that is only looked up is, too."""
    with noting() as seen:
        async with httpx.AsyncClient() as client:
            for url in (listener[0], TYPED):
                with pytest.raises(httpx.TransportError):
                    await client.get(url)
    parts = urlsplit(listener[0])
    assert {("127.0.0.1", parts.port), (TRAP, 8443)} <= strangers(seen)
    assert len(listener) == 2


async def test_no_stored_address_is_ever_asked(
    owner: Any, client: httpx.AsyncClient, clock: ManualClock, run_jobs: Any, listener: list[str]
) -> None:
    """Pages whose every address leads to this machine, stored past the forms, through all of their lives."""
    now, url = clock.now(), listener[0]
    says: dict[str, Any] = {"description": f"[a]({url}) ![b]({url})"}
    away: dict[str, Any] = {"afterlife": Afterlife(action="redirect", url=url), **says}
    hour = timedelta(hours=1)
    pages = [
        await make_countdown(
            owner.viewer, now=now, at_zero={"action": "redirect", "url": url}, by_email=True, **away
        ),
        await make_event(
            owner.viewer,
            now=now,
            place={"kind": "virtual", "platform": "custom", "link": url},
            **away,
        ),
        await make_offer(owner.viewer, now=now, after={"action": "redirect", "url": url}, **away),
        await make_page(owner.viewer, now=now),
    ]
    with noting() as seen:
        for moment in (now, now + hour, now + 24 * hour, now + 40 * 24 * hour):
            clock.advance(moment - clock.now())
            for page in pages:
                await _look(owner, client, page)
            if moment == now:
                await make_registration(pages[1], now)
            await run_jobs()
        assert strangers(seen) == set()
    assert len(listener) == 1


async def _look(owner: Any, client: httpx.AsyncClient, page: Any) -> None:
    for part in ("", "/embed", "/fragments", "/event.ics"):
        await client.get(f"/p/{page.short_id}{part}", headers={"Host": f"{TRAP}:8443"})
    for part in ("", "/edit", "/preview", "/share-links"):
        await owner.get(f"/console/pages/{page.id}{part}")
