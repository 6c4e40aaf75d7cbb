"""Live means: something changed, look again.

A change publishes a topic inside its transaction; every process hears it once, renders that topic once, and hands the
same bytes to everyone who watches. A reader is only ever sent the newest, so a slow one skips what is stale.
"""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable
from functools import partial
from types import ModuleType
from typing import Any

import asyncpg
import structlog

from app.core.db import after_commit, connection
from app.core.memory import Tide
from app.core.readers import Reader, clock_event, retry_ms
from app.core.settings import get_settings
from app.core.topics import Topic

log = structlog.get_logger()

CHANNEL = "mayfly_live"
# Bursts are joined: a topic is rendered at most this often.
SHORTEST_INTERVAL_SECONDS = 0.1
RECONNECT_SECONDS = 0.5
HEALTH_SECONDS = 5.0

Renderer = Callable[[str], Awaitable[str | None]]
Listener = Callable[[str | None], None]


def _redis() -> ModuleType:
    """Only who has Redis takes the time and the memory of its package."""
    from app.core import live_redis

    return live_redis


async def publish(topic: str) -> None:
    """Say, in the current transaction, that `topic` changed; heard by every process when it commits."""
    if get_settings().redis_url:
        await after_commit(partial(_redis().publish, topic))
        return
    async with connection() as conn:
        await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, topic)


async def notified(topic: str) -> None:
    """Say the same of a topic that a statement of the current transaction has told Postgres of by itself."""
    if get_settings().redis_url:
        await after_commit(partial(_redis().publish, topic))


class LiveBus:
    """One a process: hears changes on one connection, renders each topic once, wakes its watchers.

    A topic may be seen in variants, named "topic/variant": a change of the topic is a change of each.
    """

    def __init__(self) -> None:
        self.topics: dict[str, Topic] = {}
        self.variants: dict[str, set[str]] = {}
        self.renderers: dict[str, Renderer] = {}
        self.listeners: list[Listener] = []
        self.watched: dict[str, set[asyncio.Event]] = {}
        self.connected = False
        self.renders = 0
        self.tide = Tide()
        self._task: asyncio.Task[None] | None = None

    def render_with(self, prefix: str, renderer: Renderer) -> None:
        """Let `renderer` make the text of topics that begin with `prefix:`. None means: nothing left to show."""
        self.renderers[prefix] = renderer

    def on_change(self, listener: Listener) -> None:
        """Call `listener` with each topic that changed, or with None when anything may have (after a reconnect)."""
        self.listeners.append(listener)

    def watch(self, name: str, event: asyncio.Event) -> None:
        """Set `event` with each change of `name`, or when anything may have changed, until `unwatch`."""
        self.watched.setdefault(name, set()).add(event)

    def unwatch(self, name: str, event: asyncio.Event) -> None:
        events = self.watched.get(name, set())
        events.discard(event)
        if not events:
            self.watched.pop(name, None)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen(), name="live-bus")

    async def stop(self) -> None:
        tasks = [self._task, *(topic.task for topic in self.topics.values())]
        for task in tasks:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
        self.topics.clear()
        self.variants.clear()

    def join(self, name: str, reader: Reader) -> bytes:
        """Let `reader` hear of every change of topic `name`. Return the event of how it stands, "" while unknown."""
        topic = self.topics.get(name)
        if topic is None:
            topic = self.topics[name] = Topic(name)
            self.variants.setdefault(_base(name), set()).add(name)
            topic.changed.set()
            topic.task = asyncio.create_task(self._refresh(topic), name=f"live:{name}")
        topic.readers.add(reader)
        self.tide.rise()
        if topic.event == b"":
            reader.finish()
        return topic.event or b""

    def leave(self, name: str, reader: Reader) -> None:
        """Forget a reader; a topic without readers is not rendered any more."""
        self.tide.fall()
        topic = self.topics.get(name)
        if topic is None:
            return
        topic.readers.discard(reader)
        if not topic.readers:
            if topic.task is not None:
                topic.task.cancel()
            del self.topics[name]
            others = self.variants[_base(name)]
            others.discard(name)
            if not others:
                del self.variants[_base(name)]

    def leave_early(self, name: str, reader: Reader) -> None:
        """Hand nothing more to a reader that may not see the topic any more."""
        if topic := self.topics.get(name):
            topic.readers.discard(reader)

    def finish_all(self) -> None:
        """End every stream, for the server goes down; browsers come back to another process, each at its own time."""
        for topic in self.topics.values():
            for reader in topic.readers:
                reader.offer(clock_event(retry_ms()))
            topic.finish()

    def changed(self, name: str) -> None:
        """Note that topic `name` changed. Called for every notification."""
        for listener in self.listeners:
            listener(name)
        for event in self.watched.get(name, ()):
            event.set()
        for variant in self.variants.get(name, ()):
            self.topics[variant].changed.set()

    def everything_changed(self) -> None:
        for listener in self.listeners:
            listener(None)
        for events in self.watched.values():
            for event in events:
                event.set()
        for topic in self.topics.values():
            topic.changed.set()

    async def _refresh(self, topic: Topic) -> None:
        renderer = self.renderers[topic.name.partition(":")[0]]
        while True:
            await topic.wait()
            try:
                text = await renderer(topic.name)
            except Exception:
                log.exception("live.render_failed", topic=topic.name)
                topic.changed.set()
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            self.renders += 1
            await topic.show(text or "")
            await asyncio.sleep(SHORTEST_INTERVAL_SECONDS)

    async def _listen(self) -> None:
        while True:
            try:
                if get_settings().redis_url:
                    await _redis().hear(self._is_connected, self._heard)
                else:
                    await self._hear()
            except Exception as error:  # whatever it was: who believes to hear and is deaf shows old pages for ever
                log.warning("live.reconnecting", error=repr(error))
            self.connected = False
            self.everything_changed()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        conn = await asyncpg.connect(get_settings().database_url, timeout=int(HEALTH_SECONDS))
        try:
            await conn.add_listener(CHANNEL, self._received)
            self._is_connected()
            while not conn.is_closed():
                await conn.fetchval("SELECT 1", timeout=int(HEALTH_SECONDS))
                await asyncio.sleep(HEALTH_SECONDS / 5)
        finally:
            with contextlib.suppress(Exception):
                await conn.close(timeout=1)

    def _is_connected(self) -> None:
        self.connected = True
        self.everything_changed()

    def _received(self, _connection: Any, _pid: int, _channel: str, topic: object) -> None:
        self.changed(str(topic))

    def _heard(self, topic: str | None) -> None:
        if topic is None:
            self.everything_changed()
        else:
            self.changed(topic)


def _base(name: str) -> str:
    return name.partition("/")[0]


bus = LiveBus()
