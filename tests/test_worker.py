"""What the worker adds to its queue."""

import asyncio
from typing import Any

import asyncpg

from app.core.settings import get_settings
from app.worker import ListeningDriver
from tests.support.patience import PATIENCE_SECONDS


async def test_nothing_is_notified_before_somebody_listens(app: Any) -> None:
    heard: asyncio.Queue[Any] = asyncio.Queue()
    async with (
        asyncpg.create_pool(get_settings().database_url, min_size=2, max_size=2) as pool,
        ListeningDriver(pool) as driver,
    ):
        probe = asyncio.create_task(driver.notify("probes", "first"))
        # Time enough for a notification that does not wait.
        await pool.fetchval("SELECT pg_sleep(0.05)")
        assert not probe.done()
        await driver.add_listener("probes", heard.put_nowait)
        assert await asyncio.wait_for(heard.get(), PATIENCE_SECONDS) == "first"
        await probe
