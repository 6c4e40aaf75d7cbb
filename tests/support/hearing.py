"""Wait until this process has heard what was published: what it remembers of a page is forgotten by then."""

import asyncio

from app.core.ids import new_id
from app.core.live import bus, publish
from tests.support.patience import PATIENCE_SECONDS


async def heard() -> None:
    """Return once the live bus heard everything that was committed before this call. Changes arrive in their order."""
    mark, arrived = f"mark:{new_id()}", asyncio.Event()

    def listen(topic: str | None) -> None:
        if topic in (mark, None):
            arrived.set()

    bus.on_change(listen)
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            while not bus.connected:
                await asyncio.sleep(0.02)
            arrived.clear()
            await publish(mark)
            await arrived.wait()
    finally:
        bus.listeners.remove(listen)
