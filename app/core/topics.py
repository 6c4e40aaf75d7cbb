"""A topic of the live bus: how it stands, and who watches it."""

import asyncio
from dataclasses import dataclass, field

from app.core.readers import Reader, clock_event, hand_out, text_event

PING_SECONDS = 15.0


@dataclass
class Topic:
    """What the readers of one topic share. `event` is how it stands, encoded once; None before it was rendered."""

    name: str
    event: bytes | None = None
    readers: set[Reader] = field(default_factory=set[Reader])
    changed: asyncio.Event = field(default_factory=asyncio.Event)
    task: asyncio.Task[None] | None = None

    async def show(self, text: str) -> None:
        """Hand `text` to all readers; "" means that there is nothing left to show, and ends their streams."""
        self.event = text_event(text) if text else b""
        if text:
            await hand_out(self.readers, clock_event() + self.event)
        else:
            self.finish()

    def finish(self) -> None:
        for reader in self.readers:
            reader.finish()

    async def wait(self) -> None:
        """Wait for a change, and let the readers hear from us meanwhile."""
        while True:
            try:
                await asyncio.wait_for(self.changed.wait(), PING_SECONDS)
            except TimeoutError:
                await hand_out(self.readers, b"")
            else:
                self.changed.clear()
                return
