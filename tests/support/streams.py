"""A browser's side of an event stream, without a network: what the response sends, event by event."""

import asyncio
from dataclasses import dataclass, field
from typing import Any, Self

from app.core.eventstream import EventStream
from tests.support.patience import PATIENCE_SECONDS


@dataclass(frozen=True)
class Event:
    name: str
    data: str
    retry: int | None


def _event(text: str) -> Event | None:
    fields: dict[str, list[str]] = {}
    for line in text.split("\r\n"):
        name, _, value = line.partition(": ")
        fields.setdefault(name, []).append(value)
    if "data" not in fields:
        return None
    retry = fields.get("retry")
    return Event(
        "".join(fields.get("event", [])),
        "\n".join(fields["data"]),
        int(retry[0]) if retry else None,
    )


@dataclass
class Stream:
    """Made by `await Stream(response).open()`. While `gate` is clear, the browser reads nothing."""

    response: EventStream
    gate: asyncio.Event = field(default_factory=asyncio.Event)
    events: "asyncio.Queue[Event | None]" = field(default_factory=asyncio.Queue)
    messages: list[dict[str, Any]] = field(default_factory=list)

    async def open(self) -> Self:
        self.gate.set()
        self.left = asyncio.Event()
        self.task = asyncio.create_task(self.response({"type": "http"}, self._receive, self._send))
        return self

    async def close(self) -> None:
        self.left.set()
        self.gate.set()
        await self.task

    async def next(self) -> str:
        """Return the data of the next event that carries fragments. Raises EOFError when the stream has ended."""
        while True:
            event = await self.next_event()
            if not event.name:
                return event.data

    async def next_event(self) -> Event:
        event = await asyncio.wait_for(self.events.get(), PATIENCE_SECONDS)
        if event is None:
            raise EOFError
        return event

    async def _receive(self) -> dict[str, Any]:
        await self.left.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: Any) -> None:
        await self.gate.wait()
        self.messages.append(message)
        if message["type"] != "http.response.body":
            return
        for text in message["body"].decode().split("\r\n\r\n"):
            if found := _event(text):
                self.events.put_nowait(found)
        if not message["more_body"]:
            self.events.put_nowait(None)
            self.left.set()
