"""The response that keeps a connection open and says how a topic stands, now and after each change.

`sse-starlette` speaks the protocol and knows when the server goes down. Its own response serves a generator with four tasks;
here one task waits for the browser to leave, and the topic hands all its readers the same bytes.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar

import structlog
from sse_starlette import EventSourceResponse
from starlette.types import Receive, Scope, Send

from app.core.live import LiveBus
from app.core.readers import Reader, clock_event, retry_ms
from app.core.stream_limit import refuse, stream_limit, subscriber_behind

log = structlog.get_logger()


# A stream that not everybody may see asks again this often, whatever it heard.
CHECK_SECONDS = 30.0


@dataclass(frozen=True)
class Permit:
    """Whether a stream may go on: asked with each change of `topic`, and at an interval."""

    topic: str
    holds: Callable[[], Awaitable[bool]]


class EventStream(EventSourceResponse):
    """The stream of one topic; it ends when there is nothing left to show, and with the server."""

    exit_watch: ClassVar["asyncio.Task[None] | None"] = None

    def __init__(
        self, bus: LiveBus, topic: str, seconds: float | None = None, permit: Permit | None = None
    ) -> None:
        """With `seconds` it ends after so long at the latest, and the browser asks again whether it may; with a `permit` as soon
        as that does not hold any more."""
        super().__init__(content=iter(()), headers={"X-Content-Type-Options": "nosniff"})
        self.bus, self.topic, self.seconds, self.permit = bus, topic, seconds, permit

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        subscriber = subscriber_behind(scope)
        if not stream_limit.take(subscriber):
            await refuse(send)
            return
        try:
            await self._stream(receive, send)
        finally:
            stream_limit.give_back(subscriber)

    async def _stream(self, receive: Receive, send: Send) -> None:
        self._watch_for_exit()
        head = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        await send(head)
        reader = Reader(send, asyncio.current_task())
        reader.offer(clock_event(retry_ms()) + self.bus.join(self.topic, reader))
        ending = self._end_in_time(reader)
        checking = asyncio.create_task(self._check(reader, self.permit)) if self.permit else None
        try:
            while (await receive())["type"] != "http.disconnect":
                pass
        except asyncio.CancelledError:
            if not reader.dropped:
                raise
            log.info("live.slow_reader_dropped", topic=self.topic)
        finally:
            if ending is not None:
                ending.cancel()
            if checking is not None:
                checking.cancel()
            self.bus.leave(self.topic, reader)

    async def _check(self, reader: Reader, permit: Permit) -> None:
        changed = asyncio.Event()
        self.bus.watch(permit.topic, changed)
        try:
            while await self._holds(permit):
                try:
                    await asyncio.wait_for(changed.wait(), CHECK_SECONDS)
                except TimeoutError:
                    continue
                changed.clear()
        finally:
            self.bus.unwatch(permit.topic, changed)
        self.bus.leave_early(self.topic, reader)
        reader.finish()

    async def _holds(self, permit: Permit) -> bool:
        try:
            return await permit.holds()
        except (
            Exception
        ):  # the database is away: nothing new is shown either, and it is asked again
            log.warning("live.permit_unknown", topic=permit.topic)
            return True

    def _end_in_time(self, reader: Reader) -> asyncio.TimerHandle | None:
        if self.seconds is None:
            return None
        return asyncio.get_running_loop().call_later(self.seconds, reader.finish)

    def _watch_for_exit(self) -> None:
        if EventStream.exit_watch is None or EventStream.exit_watch.done():
            EventStream.exit_watch = asyncio.create_task(self._end_all(), name="live:exit")

    async def _end_all(self) -> None:
        await self._listen_for_exit_signal()
        self.bus.finish_all()
