"""What the process does when its database goes away in the middle."""

from typing import Any

import asyncpg
import httpx
import pytest

from app.core import db
from app.core.outages import is_outage
from app.core.settings import get_settings
from tests.support.patience import PATIENCE_SECONDS

ENDS = "SELECT pg_terminate_backend($1)"


async def _end(pid: int) -> None:
    outside = await asyncpg.connect(get_settings().database_url)
    try:
        await outside.execute(ENDS, pid, timeout=PATIENCE_SECONDS)
    finally:
        await outside.close()


async def test_a_transaction_whose_session_ends_says_so_and_gives_its_connection_back(
    app: Any,
) -> None:
    for _ in range(20):
        with pytest.raises(Exception) as raised:
            async with db.transaction() as conn:
                await _end(conn.get_server_pid())
                await conn.fetchval("SELECT 1")
        assert is_outage(raised.value), repr(raised.value)
    assert await db.fetch_value("SELECT 1") == 1


async def test_a_transaction_that_can_not_begin_keeps_no_connection(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def broken(_self: object) -> None:
        raise asyncpg.ConnectionDoesNotExistError("connection was closed")

    monkeypatch.setattr("piccolo.engine.postgres.PostgresTransaction.begin", broken)
    for _ in range(get_settings().pool_max + 1):
        with pytest.raises(asyncpg.ConnectionDoesNotExistError):
            async with db.transaction():
                raise AssertionError("never entered")
    assert await db.fetch_value("SELECT 1") == 1


async def test_a_database_that_is_away_is_said_as_such(
    client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def away(*_: object) -> None:
        raise asyncpg.CannotConnectNowError("the database system is starting up")

    monkeypatch.setattr("app.pages.loading.by_short_id", away)
    answer = await client.get("/p/aaaaaaaaaaaaaaaaaaaaaa")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "2"
    assert "Back in a moment" in answer.text


def test_our_own_mistakes_are_no_outage() -> None:
    for mistake in (
        asyncpg.UniqueViolationError("twice"),
        asyncpg.QueryCanceledError("too slow"),
        asyncpg.InterfaceError("cannot perform operation: another operation is in progress"),
        asyncpg.DataError("invalid input for query argument"),
        ValueError("no"),
    ):
        assert not is_outage(mistake)
