"""The database: transactions that join, and plain SQL on the transaction's own connection.

Piccolo's nested `transaction()` silently does nothing of its own; `transaction()` here says so in its name's contract:
inside another one it joins it, and the outer one commits.
"""

import contextlib
from collections.abc import AsyncGenerator, Awaitable, Callable, Generator, Sequence
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar
from typing import Any, cast

import asyncpg
from piccolo.engine.postgres import PostgresEngine, PostgresTransaction

from app.core.engine import DB
from app.core.settings import get_settings

Record = asyncpg.Record
Connection = asyncpg.Connection

# A row that others refer to can't be deleted: newer Postgres has an error of its own for RESTRICT.
REFERRED_TO = (asyncpg.ForeignKeyViolationError, asyncpg.RestrictViolationError)


_elsewhere: ContextVar[PostgresEngine | None] = ContextVar("elsewhere", default=None)


def engine() -> PostgresEngine:
    return _elsewhere.get() or DB


@contextmanager
def using(other: PostgresEngine) -> Generator[None]:
    """Let everything below, and the tasks that it starts, work on another engine, whose pool is open: a rehearsal's
    tables instead of the real ones."""
    token = _elsewhere.set(other)
    try:
        yield
    finally:
        _elsewhere.reset(token)


class PooledConnection(asyncpg.Connection):
    """Goes back to the pool as it is. Nothing here changes a session (locks and settings are a transaction's own), so
    the statement that would reset it, one for each use, resets nothing."""

    def get_reset_query(self) -> str:
        return ""


async def open_pool() -> None:
    """Open the process's pool: `pool_min` to `pool_max` connections."""
    settings = get_settings()
    await DB.start_connection_pool(
        min_size=settings.pool_min,
        max_size=settings.pool_max,
        connection_class=PooledConnection,
    )


async def close_pool() -> None:
    if DB.pool is not None:
        await DB.close_connection_pool()


class Transaction(PostgresTransaction):
    """Piccolo's transaction, which gives its connection back even when the server went away in the middle."""

    def __init__(self, engine: PostgresEngine) -> None:
        super().__init__(engine=engine)
        self.after: list[Callable[[], Awaitable[None]]] = []

    async def begin(self) -> None:
        try:
            await super().begin()
        except (
            BaseException
        ):  # nobody leaves what could not be entered, and the pool would miss the connection
            await self._give_back()
            raise

    async def __aexit__(self, exception_type: object, exception: object, traceback: object) -> bool:
        try:
            if exception is None:
                await self.commit()
            else:
                await self._undo()
        finally:
            self.engine.current_transaction.reset(self.context)
            await self._give_back()
        if exception is None:
            for callback in self.after:
                await callback()
        return False

    async def _give_back(self) -> None:
        if self.engine.pool:
            await self.engine.pool.release(self.connection)
        else:
            await self.connection.close()

    async def _undo(self) -> None:
        """Roll back, on the wire or by ending the session; whatever broke is already on its way to the caller."""
        try:
            await self.rollback()
        except (
            OSError,
            asyncpg.PostgresError,
            asyncpg.InterfaceError,
            asyncpg.InternalClientError,
        ):
            with contextlib.suppress(asyncpg.InterfaceError):  # the pool has taken it back already
                self.connection.terminate()


def _current() -> Transaction | None:
    return cast(Transaction | None, engine().current_transaction.get())


@asynccontextmanager
async def transaction() -> AsyncGenerator[Connection, None]:
    """Open a transaction, or join the one that is open, and yield its connection.

    Only the database is waited for inside: no lock is held across a call to a vendor.
    """
    current = _current()
    if current is not None:
        yield cast(Connection, current.connection)
        return
    async with Transaction(engine()) as opened:
        yield cast(Connection, opened.connection)


@asynccontextmanager
async def connection() -> AsyncGenerator[Connection, None]:
    """Yield the current transaction's connection, or one of the pool's."""
    current = _current()
    if current is not None:
        yield cast(Connection, current.connection)
        return
    pool = engine().pool
    if pool is None:
        raise RuntimeError("The pool is not open: call open_pool() first.")
    async with pool.acquire() as pooled:
        yield cast(Connection, pooled)


def in_transaction() -> bool:
    return _current() is not None


async def after_commit(callback: Callable[[], Awaitable[None]]) -> None:
    """Run `callback` once the current transaction has committed; at once when there is none."""
    current = _current()
    if current is None:
        await callback()
    else:
        current.after.append(callback)


async def fetch(sql: str, *arguments: object) -> list[Record]:
    """Run `sql` with `$1`-style arguments and return its rows."""
    async with connection() as conn:
        return cast(list[Record], await conn.fetch(sql, *arguments))


async def fetch_one(sql: str, *arguments: object) -> Record | None:
    async with connection() as conn:
        return cast(Record | None, await conn.fetchrow(sql, *arguments))


async def fetch_value(sql: str, *arguments: object) -> Any:
    async with connection() as conn:
        return await conn.fetchval(sql, *arguments)


async def execute(sql: str, *arguments: object) -> int:
    """Run `sql` and return how many rows it touched."""
    async with connection() as conn:
        status = await conn.execute(sql, *arguments)
    last = status.rsplit(" ", 1)[-1]
    return int(last) if last.isdigit() else 0


async def execute_many(sql: str, rows: Sequence[Sequence[object]]) -> None:
    async with connection() as conn:
        await conn.executemany(sql, rows)
