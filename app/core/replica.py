"""Reports read from a replica of the database where there is one, so that they take nothing from visitors.

What it says may be a moment old. When it does not answer, the database itself is asked.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import asyncpg
import structlog

from app.core import db
from app.core.engine import DB, REPLICA
from app.core.settings import get_settings

log = structlog.get_logger()

Answer = TypeVar("Answer")

CONNECT_SECONDS = 3.0
# Who did not answer is not asked again for so long.
PAUSE_SECONDS = 30.0
AWAY = (OSError, asyncpg.PostgresError, asyncpg.InterfaceError, TimeoutError)


class Replica:
    """The replica of this process; its pool is opened when it is first asked."""

    def __init__(self) -> None:
        self.opening = asyncio.Lock()
        self.not_before = 0.0

    async def read(self, query: Callable[[], Awaitable[Answer]]) -> Answer:
        """Return what `query` finds, which only reads: on the replica, or where it would run without one."""
        engine = DB.extra_nodes.get(REPLICA)
        waits = asyncio.get_running_loop().time() < self.not_before
        if engine is None or waits or db.in_transaction() or db.engine() is not DB:
            return await query()
        try:
            await self._open()
            with db.using(engine):
                return await query()
        except AWAY as error:
            log.warning("replica.away", error=repr(error))
            self.not_before = asyncio.get_running_loop().time() + PAUSE_SECONDS
        return await query()

    async def close(self) -> None:
        """Close its pool, if it was opened."""
        engine = DB.extra_nodes.get(REPLICA)
        if engine is not None and engine.pool is not None:
            await engine.close_connection_pool()

    async def _open(self) -> None:
        engine = DB.extra_nodes[REPLICA]
        async with self.opening:
            if engine.pool is None:
                await engine.start_connection_pool(
                    min_size=0,
                    max_size=get_settings().pool_max,
                    timeout=CONNECT_SECONDS,
                    connection_class=db.PooledConnection,
                )


replica = Replica()
