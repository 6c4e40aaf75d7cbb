"""Live means: something changed, look again.

A change publishes a topic inside its transaction; every process hears it once, renders that topic once, and hands the
same text to everyone who watches. Watchers wait for the newest text, so a slow reader skips what is stale.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import asyncpg
import structlog

from app.core.db import connection
from app.core.settings import get_settings

log = structlog.get_logger()

CHANNEL = "mayfly_live"
# Bursts are joined: a topic is rendered at most this often.
SHORTEST_INTERVAL_SECONDS = 0.1
RECONNECT_SECONDS = 0.5
HEALTH_SECONDS = 5.0

Renderer = Callable[[str], Awaitable[str | None]]
Listener = Callable[[str | None], None]


async def publish(topic: str) -> None:
    """Say, in the current transaction, that `topic` changed; heard by every process when it commits."""
    async with connection() as conn:
        await conn.execute("SELECT pg_notify($1, $2)", CHANNEL, topic)


@dataclass
class Topic:
    """What the watchers of one topic share: the newest text, its number, and who waits for a newer one."""

    name: str
    text: str = ""
    version: int = 0
    watchers: int = 0
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    waiting: set[asyncio.Future[None]] = field(default_factory=set[asyncio.Future[None]])
    task: asyncio.Task[None] | None = None

    def show(self, text: str) -> None:
        self.text = text
        self.version += 1
        waiting, self.waiting = self.waiting, set()
        for future in waiting:
            if not future.done():
                future.set_result(None)


class LiveBus:
    """One a process: hears changes on one connection, renders each topic once, wakes its watchers."""

    def __init__(self) -> None:
        self.topics: dict[str, Topic] = {}
        self.renderers: dict[str, Renderer] = {}
        self.listeners: list[Listener] = []
        self.connected = False
        self.renders = 0
        self._task: asyncio.Task[None] | None = None

    def render_with(self, prefix: str, renderer: Renderer) -> None:
        """Let `renderer` make the text of topics that begin with `prefix:`. None means: nothing left to show."""
        self.renderers[prefix] = renderer

    def on_change(self, listener: Listener) -> None:
        """Call `listener` with each topic that changed, or with None when anything may have (after a reconnect)."""
        self.listeners.append(listener)

    async def start(self) -> None:
        self._task = asyncio.create_task(self._listen(), name="live-bus")

    async def stop(self) -> None:
        tasks = [self._task, *(topic.task for topic in self.topics.values())]
        for task in tasks:
            if task is not None:
                task.cancel()
        await asyncio.gather(*(task for task in tasks if task is not None), return_exceptions=True)
        self.topics.clear()

    async def watch(self, name: str) -> AsyncIterator[str]:
        """Yield the text of topic `name` now and after each change. Ends when there is nothing left to show."""
        topic = self._join(name)
        try:
            seen = 0
            while True:
                if topic.version == seen:
                    future = asyncio.get_running_loop().create_future()
                    topic.waiting.add(future)
                    try:
                        await future
                    finally:
                        topic.waiting.discard(future)
                seen = topic.version
                if not topic.text:
                    return
                yield topic.text
        finally:
            self._leave(topic)

    def changed(self, name: str) -> None:
        """Note that topic `name` changed. Called for every notification."""
        for listener in self.listeners:
            listener(name)
        if topic := self.topics.get(name):
            topic.changed.set()

    def everything_changed(self) -> None:
        for listener in self.listeners:
            listener(None)
        for topic in self.topics.values():
            topic.changed.set()

    def _join(self, name: str) -> Topic:
        topic = self.topics.get(name)
        if topic is None:
            topic = self.topics[name] = Topic(name)
            topic.changed.set()
            topic.task = asyncio.create_task(self._refresh(topic), name=f"live:{name}")
        topic.watchers += 1
        return topic

    def _leave(self, topic: Topic) -> None:
        topic.watchers -= 1
        if topic.watchers == 0:
            if topic.task is not None:
                topic.task.cancel()
            if self.topics.get(topic.name) is topic:
                del self.topics[topic.name]

    async def _refresh(self, topic: Topic) -> None:
        renderer = self.renderers[topic.name.partition(":")[0]]
        while True:
            await topic.changed.wait()
            topic.changed.clear()
            try:
                text = await renderer(topic.name)
            except Exception:
                log.exception("live.render_failed", topic=topic.name)
                topic.changed.set()
                await asyncio.sleep(RECONNECT_SECONDS)
                continue
            self.renders += 1
            topic.show(text or "")
            await asyncio.sleep(SHORTEST_INTERVAL_SECONDS)

    async def _listen(self) -> None:
        while True:
            try:
                await self._hear()
            except (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError) as error:
                log.warning("live.reconnecting", error=repr(error))
            self.connected = False
            self.everything_changed()
            await asyncio.sleep(RECONNECT_SECONDS)

    async def _hear(self) -> None:
        conn = await asyncpg.connect(get_settings().database_url, timeout=int(HEALTH_SECONDS))
        try:
            await conn.add_listener(CHANNEL, self._received)
            self.connected = True
            self.everything_changed()
            while not conn.is_closed():
                await conn.fetchval("SELECT 1", timeout=int(HEALTH_SECONDS))
                await asyncio.sleep(HEALTH_SECONDS / 5)
        finally:
            with contextlib.suppress(Exception):
                await conn.close(timeout=1)

    def _received(self, _connection: Any, _pid: int, _channel: str, topic: object) -> None:
        self.changed(str(topic))


bus = LiveBus()
