"""The open connections of a topic: all are handed the same bytes, and none waits for another."""

import asyncio
import secrets
from collections.abc import Iterable

from sse_starlette import ServerSentEvent
from starlette.types import Send

from app.core.clock import milliseconds, utc_now

# Who has not taken a piece for this long when the next one comes is dropped.
SLOW_SECONDS = 10.0
# So many are handed a piece before other work of the process gets its turn.
BATCH = 250
PING = ServerSentEvent(comment="ping").encode()


# What a browser waits before it connects again, in milliseconds: each is told its own time between these two, so that a
# restart does not bring everyone back in one moment.
SOONEST_MS, LATEST_MS = 500, 5000


def retry_ms() -> int:
    """Return a reader's own time to come back after."""
    return SOONEST_MS + secrets.randbelow(LATEST_MS - SOONEST_MS)


def clock_event(retry: int | None = None) -> bytes:
    """Return the event that tells the server's clock, in milliseconds since the epoch."""
    return ServerSentEvent(str(milliseconds(utc_now())), event="clock", retry=retry).encode()


def text_event(text: str) -> bytes:
    """Return the unnamed event whose data htmx swaps."""
    return ServerSentEvent(text).encode()


class Reader:
    """One open connection. It is sent the newest piece; of what comes while it still takes one, only the last."""

    __slots__ = ("_ended", "_next", "_owner", "_send", "_since", "_task", "dropped")

    def __init__(self, send: Send, owner: "asyncio.Task[None] | None" = None) -> None:
        """`owner` serves the connection; it is cancelled when the reader is `dropped` for being slow."""
        self._send, self._owner = send, owner
        self._next = b""
        self._since = 0.0
        self._task: asyncio.Task[None] | None = None
        self._ended = self.dropped = False

    def offer(self, piece: bytes) -> None:
        """Send `piece` as soon as what went before is out; does not wait for it."""
        self._next = piece
        self._start()

    def ping(self) -> None:
        """Send something, so that nobody in between takes the connection for a dead one."""
        self.offer(self._next or PING)

    def finish(self) -> None:
        """End the stream after what was offered."""
        self._ended = True
        self._start()

    def _start(self) -> None:
        loop = asyncio.get_running_loop()
        if self._task is None:
            self._since = loop.time()
            self._task = loop.create_task(self._flush())
        elif loop.time() - self._since > SLOW_SECONDS:
            self._drop(self._task)

    def _drop(self, sending: "asyncio.Task[None]") -> None:
        self.dropped = True
        sending.cancel()
        if self._owner is not None:
            self._owner.cancel()

    async def _flush(self) -> None:
        while piece := self._next:
            self._next = b""
            await self._send({"type": "http.response.body", "body": piece, "more_body": True})
        self._task = None
        if self._ended:
            await self._send({"type": "http.response.body", "body": b"", "more_body": False})


async def hand_out(readers: Iterable[Reader], piece: bytes) -> None:
    """Offer `piece` to all of them; a ping when it is empty."""
    for number, reader in enumerate(tuple(readers), start=1):
        reader.offer(piece) if piece else reader.ping()
        if number % BATCH == 0:
            await asyncio.sleep(0)
