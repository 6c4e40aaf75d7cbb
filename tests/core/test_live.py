import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.core import db, live
from app.core.live import LiveBus, publish


@pytest.fixture
async def bus(app: Any) -> AsyncIterator[LiveBus]:
    own = LiveBus()
    await own.start()
    async with asyncio.timeout(5):
        while not own.connected:
            await asyncio.sleep(0.01)
    yield own
    await own.stop()


def _counting(bus: LiveBus) -> list[str]:
    rendered: list[str] = []

    async def render(topic: str) -> str:
        rendered.append(topic)
        return f"<p>{len(rendered)}</p>"

    bus.render_with("test", render)
    return rendered


async def _next(stream: AsyncIterator[str]) -> str:
    return await asyncio.wait_for(anext(stream), 5)


async def test_a_watcher_sees_the_present_and_then_each_committed_change(bus: LiveBus) -> None:
    _counting(bus)
    stream = bus.watch("test:1")
    assert await _next(stream) == "<p>1</p>"
    await publish("test:1")
    assert await _next(stream) == "<p>2</p>"
    await stream.aclose()  # type: ignore[attr-defined]  # watch is an async generator
    assert bus.topics == {}


async def test_what_is_rolled_back_is_never_heard(bus: LiveBus) -> None:
    rendered = _counting(bus)
    stream = bus.watch("test:1")
    await _next(stream)
    with pytest.raises(RuntimeError):
        async with db.transaction():
            await publish("test:1")
            raise RuntimeError
    await publish("test:other")
    await asyncio.sleep(0.05)
    assert rendered == ["test:1"]


async def test_a_change_is_rendered_once_for_all_who_watch(bus: LiveBus) -> None:
    rendered = _counting(bus)
    streams = [bus.watch("test:1") for _ in range(50)]
    assert {await _next(stream) for stream in streams} == {"<p>1</p>"}
    await publish("test:1")
    assert {await _next(stream) for stream in streams} == {"<p>2</p>"}
    assert len(rendered) == 2


async def test_a_burst_is_joined_and_its_last_state_is_shown(bus: LiveBus) -> None:
    rendered = _counting(bus)
    stream = bus.watch("test:1")
    await _next(stream)
    for _ in range(200):
        await publish("test:1")
    while await _next(stream) != f"<p>{len(rendered)}</p>" or bus.topics["test:1"].changed.is_set():
        pass
    assert 2 <= len(rendered) <= 12


async def test_after_a_lost_connection_everything_is_looked_at_again(
    bus: LiveBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RECONNECT_SECONDS", 0.01)
    rendered = _counting(bus)
    stream = bus.watch("test:1")
    await _next(stream)
    await db.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND query LIKE 'LISTEN%' OR query = 'SELECT 1'"
    )
    assert await _next(stream)
    assert len(rendered) >= 2


async def test_a_topic_with_nothing_left_ends(bus: LiveBus) -> None:
    async def render(topic: str) -> None:
        return None

    bus.render_with("test", render)
    with pytest.raises(StopAsyncIteration):
        await _next(bus.watch("test:1"))
