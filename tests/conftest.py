"""Real parts for every test: Postgres, an S3 server, the Stripe sandbox and a mail inbox, started once a run."""

import asyncio
import os
import shutil
import tempfile
from collections.abc import AsyncGenerator, Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import HealthCheck, settings

from tests.support import environment
from tests.support.outside import Inbox, StripeAccount
from tests.support.servers import stop_all

pytest_plugins = ["tests.support.browsing", "tests.support.moments"]

# How fast a machine is fails no test: neighbours may have it.
settings.register_profile("mayfly", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("mayfly")

_started: list[Any] = []


def pytest_configure(config: pytest.Config) -> None:
    """Start the servers in the first process; give each process that runs tests its own database on them."""
    worker = os.environ.get("PYTEST_XDIST_WORKER")
    if worker is None and not config.option.collectonly:
        folder = Path(tempfile.mkdtemp(prefix="mayfly-tests-"))
        folder.chmod(0o755)
        _started.append((environment.start_shared(folder), folder))
    if not config.option.collectonly and (
        worker is not None or not getattr(config.option, "numprocesses", None)
    ):
        environment.enter(worker or "main")


def pytest_unconfigure() -> None:
    for servers, folder in _started:
        stop_all(servers)
        shutil.rmtree(folder, ignore_errors=True)
    _started.clear()


@pytest.fixture(scope="session")
async def running_app() -> AsyncGenerator[Any, None]:
    """The application with its pool and its live bus, for the whole run."""
    from app.main import create_app
    from tests.support.passwords import hash_quickly

    hash_quickly()
    app = create_app()
    stop, started = asyncio.Event(), asyncio.Event()

    async def live() -> None:
        # A task of its own: what the lifespan opens must be closed by the task that opened it.
        async with app.lifespan():
            started.set()
            await stop.wait()

    task = asyncio.create_task(live())
    waiting = asyncio.create_task(started.wait())
    await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if task.done():
        await task
    yield app
    stop.set()
    await task


_WIPE_TABLES = """
SELECT string_agg(format('DELETE FROM %I;', c.relname), ' ') FROM pg_class c
JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND NOT c.relispartition
AND c.relname NOT IN ('migration', 'plan')
"""


@pytest.fixture
async def app(running_app: Any) -> AsyncGenerator[Any, None]:
    """The running application on an empty database."""
    from app.core import db, ratelimit

    await ratelimit.reset_limits()
    yield running_app
    wipe = await db.fetch_value(_WIPE_TABLES)
    async with db.connection() as conn:
        await conn.execute(
            f"SET session_replication_role = replica; {wipe} SET session_replication_role = origin;"
        )
    from app.core.live import bus

    bus.everything_changed()


@pytest.fixture
def clock(moment: datetime) -> Any:
    """A clock that stands still, at the second when the test plays, until a test moves it."""
    from app.core.clock import ManualClock, use_clock
    from tests.support.moments import running_clock

    manual = ManualClock(moment.replace(microsecond=0))
    use_clock(manual)
    yield manual
    use_clock(running_clock())


@pytest.fixture
def now(clock: Any) -> datetime:
    return clock.now()


def _client(app: Any) -> httpx.AsyncClient:
    base = os.environ["MAYFLY_BASE_URL"]
    return httpx.AsyncClient(
        transport=httpx.ASGITransport(app), base_url=base, headers={"Origin": base}
    )


@pytest.fixture
async def client(app: Any, clock: Any) -> AsyncGenerator[httpx.AsyncClient, None]:
    """A visitor: a browser's client that is not logged in."""
    async with _client(app) as visitor:
        yield visitor


class Member(httpx.AsyncClient):
    """A logged-in client; `viewer` says who."""

    viewer: Any


async def member_of(app: Any, now: datetime, viewer: Any) -> Member:
    """Log someone in; close the client when done."""
    from app.auth.sessions import start_session

    tokens = await start_session(viewer.user_id, now, ip="127.0.0.1", user_agent="tests")
    from app.auth.cookies import set_session_cookies_on

    base = os.environ["MAYFLY_BASE_URL"]
    member = Member(transport=httpx.ASGITransport(app), base_url=base, headers={"Origin": base})
    set_session_cookies_on(member.cookies, tokens)
    member.viewer = viewer
    return member


@pytest.fixture
async def owner(app: Any, clock: Any) -> AsyncGenerator[Member, None]:
    """Olivia, who owns what the test is about."""
    from tests.factories.auth import make_owner

    viewer = await make_owner(
        email="olivia@example.com", password="correct horse 1", name="Olivia", now=clock.now()
    )
    member = await member_of(app, clock.now(), viewer)
    async with member:
        yield member


@pytest.fixture
async def colleague(app: Any, clock: Any, owner: Member) -> AsyncGenerator[Member, None]:
    """Carl, an editor in Olivia's group."""
    from tests.factories.auth import make_colleague

    viewer = await make_colleague(
        owner.viewer, email="carl@example.com", roles=("editor",), now=clock.now()
    )
    member = await member_of(app, clock.now(), viewer)
    async with member:
        yield member


@pytest.fixture
async def outsider(app: Any, clock: Any) -> AsyncGenerator[Member, None]:
    """Mallory, with an account and an organization of her own."""
    from tests.factories.auth import make_owner

    viewer = await make_owner(
        email="mallory@example.com", password="correct horse 2", name="Mallory", now=clock.now()
    )
    member = await member_of(app, clock.now(), viewer)
    async with member:
        yield member


@pytest.fixture
def run_jobs(clock: Any) -> Callable[[], Awaitable[int]]:
    """Run every job that is due at the clock's present."""
    from app.core.jobs import drain

    async def run() -> int:
        return await drain(clock.now())

    return run


@pytest.fixture
def inbox() -> Inbox:
    sender = os.environ["MAYFLY_MAIL_FROM"].split("@")[1]
    started = datetime.now(UTC).strftime("%Y%m%d%H%M%S%f")[:17]
    return Inbox(environment.shared()["inbox_url"], sender, started)


@pytest.fixture(scope="session")
def _own_account() -> StripeAccount:
    return StripeAccount(environment.shared()["stripe_base"], os.environ["MAYFLY_STRIPE_API_KEY"])


@pytest.fixture
async def stripe_account(_own_account: StripeAccount) -> AsyncGenerator[StripeAccount, None]:
    await _own_account.calm_down()
    yield _own_account
    await _own_account.calm_down()


@pytest.fixture(scope="session")
async def web_server(running_app: Any) -> AsyncGenerator[str, None]:
    """The application on a real port, in this process: for browsers, webhooks and streams. Yields its address."""
    import uvicorn

    base = os.environ["MAYFLY_BASE_URL"]
    config = uvicorn.Config(
        running_app, port=int(base.rsplit(":", 1)[1]), lifespan="off", log_level="warning"
    )
    server = uvicorn.Server(config)
    task = asyncio.create_task(server.serve())
    while not server.started:
        await asyncio.sleep(0.01)
    yield base
    server.should_exit = True
    server.force_exit = True
    await task


@pytest.fixture
async def worker() -> AsyncGenerator[None, None]:
    """The job worker, running beside the test in this process."""
    from app.worker import serve_queue

    stop = asyncio.Event()
    task = asyncio.create_task(serve_queue(stop))
    yield
    stop.set()
    await task
