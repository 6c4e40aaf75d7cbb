import asyncio
from collections.abc import AsyncIterator
from typing import Any

import pytest

from app.core import db, live, readers, topics
from app.core.eventstream import EventStream
from app.core.live import LiveBus, publish
from tests.support.patience import PATIENCE_SECONDS
from tests.support.streams import Stream


@pytest.fixture
async def bus(app: Any) -> AsyncIterator[LiveBus]:
    own = LiveBus()
    await own.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
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


async def _watch(bus: LiveBus) -> Stream:
    return await Stream(EventStream(bus, "test:1")).open()


async def test_a_watcher_sees_the_present_and_then_each_committed_change(bus: LiveBus) -> None:
    _counting(bus)
    stream = await _watch(bus)
    assert await stream.next() == "<p>1</p>"
    await publish("test:1")
    assert await stream.next() == "<p>2</p>"
    await stream.close()
    assert bus.topics == {}


async def test_what_is_rolled_back_is_never_heard(bus: LiveBus) -> None:
    rendered = _counting(bus)
    stream = await _watch(bus)
    await stream.next()
    with pytest.raises(RuntimeError):
        async with db.transaction():
            await publish("test:1")
            raise RuntimeError
    await publish("test:other")
    await asyncio.sleep(0.05)
    assert rendered == ["test:1"]


async def test_a_change_is_rendered_once_for_all_who_watch(bus: LiveBus) -> None:
    rendered = _counting(bus)
    streams = [await _watch(bus) for _ in range(50)]
    assert {await stream.next() for stream in streams} == {"<p>1</p>"}
    await publish("test:1")
    assert {await stream.next() for stream in streams} == {"<p>2</p>"}
    assert len(rendered) == 2


async def test_a_burst_is_joined_and_its_last_state_is_shown(bus: LiveBus) -> None:
    rendered = _counting(bus)
    stream = await _watch(bus)
    await stream.next()
    for _ in range(200):
        await publish("test:1")
    while await stream.next() != f"<p>{len(rendered)}</p>" or bus.topics["test:1"].changed.is_set():
        pass
    assert 2 <= len(rendered) <= 12


async def test_after_a_lost_connection_everything_is_looked_at_again(
    bus: LiveBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "RECONNECT_SECONDS", 0.01)
    rendered = _counting(bus)
    stream = await _watch(bus)
    await stream.next()
    await db.fetch(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
        "WHERE datname = current_database() AND query LIKE 'LISTEN%' OR query = 'SELECT 1'"
    )
    assert await stream.next()
    assert len(rendered) >= 2


HEAR = "_hear"


async def test_no_error_leaves_the_bus_deaf(app: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(live, "RECONNECT_SECONDS", 0.01)
    bus, hear, failures = (
        LiveBus(),
        getattr(LiveBus, HEAR),
        [ValueError("first"), RuntimeError("second")],
    )

    async def fail_at_first(self: LiveBus) -> None:
        if failures:
            raise failures.pop(0)
        await hear(self)

    monkeypatch.setattr(LiveBus, HEAR, fail_at_first)
    await bus.start()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while not bus.connected:
            await asyncio.sleep(0.01)
    assert not failures
    await bus.stop()


async def test_a_topic_with_nothing_left_ends(bus: LiveBus) -> None:
    async def render(topic: str) -> None:
        return None

    bus.render_with("test", render)
    stream = await _watch(bus)
    with pytest.raises(EOFError):
        await stream.next()
    await stream.close()
    assert bus.topics == {}


async def test_a_slow_reader_gets_the_newest_and_keeps_nobody_waiting(bus: LiveBus) -> None:
    rendered = _counting(bus)
    slow, quick = await _watch(bus), await _watch(bus)
    assert await slow.next() == await quick.next() == "<p>1</p>"
    slow.gate.clear()
    for number in range(2, 6):
        await publish("test:1")
        assert await quick.next() == f"<p>{number}</p>"
    slow.gate.set()
    # The one piece that was on its way when it stopped reading, then only what is true now.
    assert [await slow.next(), await slow.next()] == ["<p>2</p>", "<p>5</p>"]
    assert len(rendered) == 5
    await slow.close()
    await quick.close()


async def test_who_does_not_read_for_long_is_dropped(
    bus: LiveBus, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(readers, "SLOW_SECONDS", 0.5)
    _counting(bus)
    slow, quick = await _watch(bus), await _watch(bus)
    await slow.next()
    await quick.next()
    slow.gate.clear()
    await publish("test:1")
    await quick.next()
    await asyncio.sleep(0.6)
    await publish("test:1")
    await quick.next()
    await asyncio.wait_for(slow.task, PATIENCE_SECONDS)
    assert len(bus.topics["test:1"].readers) == 1
    await quick.close()
    assert bus.topics == {}


async def test_a_quiet_connection_is_pinged(bus: LiveBus, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(topics, "PING_SECONDS", 0.05)
    _counting(bus)
    stream = await _watch(bus)
    await stream.next()
    async with asyncio.timeout(PATIENCE_SECONDS):
        while b": ping\r\n\r\n" not in [message.get("body") for message in stream.messages]:
            await asyncio.sleep(0.01)
    await stream.close()


async def test_streams_end_when_the_server_goes_down(bus: LiveBus) -> None:
    _counting(bus)
    streams = [await _watch(bus) for _ in range(20)]
    told: list[int | None] = []
    for stream in streams:
        told.append((await stream.next_event()).retry)
        await stream.next()
    bus.finish_all()
    for stream in streams:
        told.append((await stream.next_event()).retry)
        with pytest.raises(EOFError):
            await stream.next()
        await asyncio.wait_for(stream.task, PATIENCE_SECONDS)
    assert bus.topics == {}
    # Each is told its own time to come back, at the start and at the end.
    times = [time for time in told if time is not None]
    assert len(times) == 40 and len(set(times)) > 30
    assert min(times) >= readers.SOONEST_MS and max(times) < readers.LATEST_MS
