"""The live bus on Redis: the same promises as on Postgres."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from datetime import timedelta
from typing import Any

import pytest

from app.core import db, live, live_redis
from app.core.eventstream import EventStream
from app.core.ids import new_id
from app.core.live import LiveBus, publish
from app.core.settings import get_settings
from app.stock import holding
from tests.factories.stock import make_stock
from tests.processes.redis_server import redis_server
from tests.support.patience import PATIENCE_SECONDS
from tests.support.streams import Stream


@pytest.fixture
def redis_url(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    with redis_server() as url:
        monkeypatch.setattr(get_settings(), "redis_url", url)
        live_redis.forget_clients()
        yield url
        live_redis.forget_clients()


@pytest.fixture
async def heard(app: Any, redis_url: str) -> AsyncIterator[list[str | None]]:
    """What a bus of this process hears, None meaning that anything may have changed."""
    topics: list[str | None] = []
    bus = LiveBus()
    bus.on_change(topics.append)
    await bus.start()
    await _until(lambda: bus.connected)
    topics.clear()
    yield topics
    await bus.stop()


async def _until(holds: Any) -> None:
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not holds():
            await asyncio.sleep(0.01)


async def test_a_change_is_heard_when_it_commits_and_not_before(heard: list[str | None]) -> None:
    async with db.transaction():
        await publish("test:1")
        await asyncio.sleep(0.1)
        assert heard == []
    await _until(lambda: heard == ["test:1"])


async def test_what_is_rolled_back_is_never_heard(heard: list[str | None]) -> None:
    with pytest.raises(RuntimeError):
        async with db.transaction():
            await publish("test:1")
            raise RuntimeError
    await publish("test:2")
    await _until(lambda: heard == ["test:2"])


async def test_every_change_of_stock_is_heard(heard: list[str | None], now: Any) -> None:
    stock_id = await make_stock(5)
    first, second = new_id(), new_id()
    for hold_id in (first, second):
        await holding.hold(
            {stock_id: 1}, hold_id=hold_id, topic="page:1", buyer_key="b", now=now,
            until=now + timedelta(minutes=15),
        )  # fmt: skip
    await holding.release(first, now)
    await holding.sell(second, now)
    await holding.take_back({stock_id: 1}, "page:1")
    await _until(lambda: heard == ["page:1"] * 5)


async def test_watchers_are_shown_changes_that_come_by_redis(app: Any, redis_url: str) -> None:
    bus, shown = LiveBus(), 0

    async def render(_topic: str) -> str:
        nonlocal shown
        shown += 1
        return f"<p>{shown}</p>"

    bus.render_with("test", render)
    await bus.start()
    await _until(lambda: bus.connected)
    stream = await Stream(EventStream(bus, "test:1")).open()
    first = await stream.next()
    await publish("test:1")
    assert await stream.next() != first
    await stream.close()
    await bus.stop()


async def test_redis_may_go_away_and_come_back(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECONNECT_SECONDS", 0.05)
    topics: list[str | None] = []
    bus = LiveBus()
    bus.on_change(topics.append)
    with redis_server() as url:
        monkeypatch.setattr(get_settings(), "redis_url", url)
        live_redis.forget_clients()
        await bus.start()
        await _until(lambda: bus.connected)
    await _until(lambda: not bus.connected)
    await publish("test:1")  # nobody hears it, and nothing fails
    topics.clear()
    with redis_server(int(url.rpartition(":")[2].partition("/")[0])):
        await _until(lambda: bus.connected)
        assert None in topics  # everything is looked at again
        topics.clear()
        await publish("test:2")
        await _until(lambda: "test:2" in topics)
    await bus.stop()
    live_redis.forget_clients()


async def test_what_nobody_said_is_looked_at_again(
    app: Any, redis_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live_redis, "EVERYTHING_SECONDS", 0.2)
    monkeypatch.setattr(live_redis, "QUIET_SECONDS", 0.05)
    topics: list[str | None] = []
    bus = LiveBus()
    bus.on_change(topics.append)
    await bus.start()
    await _until(lambda: topics.count(None) >= 3)
    assert bus.connected
    await bus.stop()
