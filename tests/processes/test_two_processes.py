"""Two web processes and two workers agree: live updates, rate limits, sessions, caches and jobs."""

import asyncio
import uuid
from collections.abc import Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import psutil
import pytest

from app.auth.limiting import LOGINS_BY_ADDRESS
from app.core import db, live_redis
from app.core.settings import get_settings
from app.flags import switching
from app.notifications.sending import send_email
from app.pages import selling
from app.pages.embedding import EMBEDDING
from tests.factories.pages import make_page
from tests.processes.fleet import Fleet, one_command, two_processes
from tests.processes.redis_server import redis_server
from tests.support.patience import PATIENCE_SECONDS
from tests.support.reading import LiveReader

# Its servers are started once.
pytestmark = pytest.mark.xdist_group("two processes")

ALLOWED = int(LOGINS_BY_ADDRESS.partition("/")[0])
PASSWORD = "correct horse 1"


@pytest.fixture(scope="module", params=["postgres", "redis"])
def fleet(request: pytest.FixtureRequest, running_app: Any) -> Iterator[Fleet]:
    with ExitStack() as running:
        url = running.enter_context(redis_server()) if request.param == "redis" else ""
        found = running.enter_context(two_processes(url, behind_nginx=True))
        found.counts_together = bool(url)
        # What the tests themselves change goes by the same bus.
        get_settings().redis_url = url
        live_redis.forget_clients()
        yield found
        get_settings().redis_url = ""
        live_redis.forget_clients()


def _client(fleet: Fleet, base: str, address: str = "127.0.0.1") -> httpx.AsyncClient:
    """A browser at `address` that reaches one process, or nginx."""
    return httpx.AsyncClient(
        base_url=base,
        headers={"Origin": fleet.base_url},
        transport=httpx.AsyncHTTPTransport(local_address=address),
        timeout=PATIENCE_SECONDS,
    )


async def test_watchers_of_both_processes_see_a_change(fleet: Fleet, owner: Any, now: Any) -> None:
    page = await make_page(owner.viewer, now=now)
    path = f"/p/{page.short_id}/live"
    addresses = [*fleet.webs, fleet.base_url, fleet.base_url]
    readers = [await LiveReader(f"{base}{path}").open() for base in addresses]
    for reader in readers:
        assert await reader.next()
    async with db.transaction():
        await selling.changed(page.id)
    for reader in readers:
        assert await reader.next()
        await reader.close()


async def test_a_change_by_one_process_is_seen_at_once_by_the_other(
    fleet: Fleet, owner: Any, now: Any
) -> None:
    page = await make_page(owner.viewer, now=now, title="Before the change", amount=1000)
    one, other = (_client(fleet, base) for base in fleet.webs)
    async with one, other:
        login = {"email": "olivia@example.com", "password": PASSWORD}
        assert (await one.post("/login", data=login)).status_code == 303
        for _ in range(3):  # in the other's memory by now
            assert (await other.get(f"/p/{page.short_id}")).status_code == 200
        etag = (await other.get(f"/p/{page.short_id}")).headers["etag"]
        answer = await one.post(f"/console/pages/{page.id}/pause", data={"deadline": "stands"})
        assert answer.status_code in (200, 303), answer.text[:300]
        async with asyncio.timeout(PATIENCE_SECONDS):
            while (await other.get(f"/p/{page.short_id}")).headers["etag"] == etag:
                await asyncio.sleep(0.02)


async def test_a_flag_that_is_switched_holds_in_every_process_at_once(
    fleet: Fleet, owner: Any, now: Any
) -> None:
    page = await make_page(owner.viewer, now=now)
    clients = [_client(fleet, base) for base in fleet.webs]
    for client in clients:
        assert (await client.get(f"/p/{page.short_id}/embed")).status_code == 200
    await switching.create_flag(EMBEDDING, 0, now)
    async with asyncio.timeout(PATIENCE_SECONDS):
        for client in clients:
            while (await client.get(f"/p/{page.short_id}/embed")).status_code != 404:
                await asyncio.sleep(0.02)
            await client.aclose()


async def test_a_session_of_one_process_is_known_and_ended_in_the_other(
    fleet: Fleet, owner: Any
) -> None:
    one, other = (_client(fleet, base) for base in fleet.webs)
    async with one, other:
        login = {"email": "olivia@example.com", "password": PASSWORD}
        assert (await one.post("/login", data=login)).status_code == 303
        for name, value in one.cookies.items():
            other.cookies.set(name, value)
        assert (await other.get("/console/account")).status_code == 200
        assert (await one.post("/logout")).status_code == 303
        assert (await other.get("/console/account")).status_code == 303


async def test_limits_are_exact_with_redis_and_never_looser_than_all_processes_together(
    fleet: Fleet, app: Any
) -> None:
    one, other = (_client(fleet, base, "127.0.0.7") for base in fleet.webs)
    async with one, other:
        answers = [
            (await client.post("/login", data={"email": f"{n}@example.com"})).status_code
            for n in range(ALLOWED + 5)
            for client in (one, other)
        ]
    admitted = sum(status != 429 for status in answers)
    assert admitted == (ALLOWED if fleet.counts_together else len(fleet.webs) * ALLOWED)


async def test_behind_nginx_each_visitor_counts_for_itself_and_can_not_claim_another_address(
    fleet: Fleet, app: Any
) -> None:
    most = len(fleet.webs) * ALLOWED
    async with _client(fleet, fleet.base_url, "127.0.0.8") as loud:
        answers = [
            await loud.post(
                "/login",
                data={"email": "a@example.com"},
                headers={"X-Forwarded-For": f"10.0.0.{n}"},
            )
            for n in range(most + 1)
        ]
    assert answers[-1].status_code == 429
    async with _client(fleet, fleet.base_url, "127.0.0.9") as quiet:
        answer = await quiet.post("/login", data={"email": "b@example.com"})
        assert answer.status_code != 429


async def test_two_workers_share_the_jobs_and_do_each_once(
    fleet: Fleet, app: Any, inbox: Any
) -> None:
    to = f"{uuid.uuid4().hex}@example.com"
    for number in range(40):
        await send_email(
            to, "welcome", {"name": "Ann", "verify_url": "https://example.com"},
            key=f"many:{to}:{number}",
        )  # fmt: skip
    async with asyncio.timeout(PATIENCE_SECONDS):
        while await db.fetch_value("SELECT count(*) FROM message WHERE state <> 'sent'"):
            await asyncio.sleep(0.05)
    mails = await inbox(to)
    assert len(mails) == len({mail["headers"]["Message-ID"] for mail in mails}) == 40


async def test_one_command_serves_by_several_processes(
    owner: Any, now: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    # The module's house may still be the one with Redis; this one has none.
    monkeypatch.setattr(get_settings(), "redis_url", "")
    page = await make_page(owner.viewer, now=now)
    with one_command(workers=2) as fleet:
        readers: list[LiveReader] = []
        while len(_serving(fleet)) < 2:
            assert len(readers) < 60, "all connections went to one process"
            readers.append(await LiveReader(f"{fleet.base_url}/p/{page.short_id}/live").open())
            await readers[-1].next()
        async with db.transaction():
            await selling.changed(page.id)
        for reader in readers:
            assert await reader.next()
        # Told to stop, the server tells each browser when to come back, and ends its stream.
        fleet.children[0].ask_to_stop()
        times = [await reader.last_retry() for reader in readers]
        assert all(500 <= time < 5000 for time in times)
        assert len(times) == 1 or len(set(times)) > 1


def _serving(fleet: Fleet) -> set[int]:
    """Return the processes that have a visitor's connection."""
    port = int(fleet.base_url.rpartition(":")[2])
    return {
        process.pid
        for process in psutil.Process(fleet.children[0].pid).children(recursive=True)
        for connection in process.net_connections("tcp")
        if connection.status == psutil.CONN_ESTABLISHED and connection.laddr.port == port
    }
