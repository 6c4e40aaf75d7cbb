"""Limits that several processes count together in Redis: exact in a rush, and neither open nor shut while it is away."""

import asyncio
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from litestar import Request
from redis.asyncio import Redis

from app.core import ratelimit
from app.core.errors import TooManyRequests
from app.core.settings import get_settings
from tests.processes.redis_server import redis_server
from tests.support.patience import PATIENCE_SECONDS

RATE, ALLOWED = "10/minute", 10


def forget() -> None:
    """Make the next limit connect anew, like a process that has just begun."""
    ratelimit._limiter.cache_clear()  # pyright: ignore[reportPrivateUsage]
    ratelimit._own_limiter.cache_clear()  # pyright: ignore[reportPrivateUsage]
    come_back()


def come_back() -> None:
    """Make the next limit ask Redis again, as it would after a while."""
    ratelimit._away.until = 0.0  # pyright: ignore[reportPrivateUsage]


def port_of(url: str) -> int:
    return urlsplit(url).port or 0


@pytest.fixture
def limits_are_on(app: Any, monkeypatch: pytest.MonkeyPatch) -> Iterator[pytest.MonkeyPatch]:
    monkeypatch.setattr(get_settings(), "rate_limits", True)
    # Away for as long as a test takes; `come_back` ends it.
    monkeypatch.setattr(ratelimit, "AWAY_SECONDS", 3600.0)
    yield monkeypatch
    forget()


async def passes(*, key: str | None = None) -> bool:
    request: Request[Any, Any, Any] = Request(
        {"type": "http", "client": ("198.51.100.7", 40000), "headers": [], "state": {}}  # type: ignore[arg-type, typeddict-item]  # all that is read
    )
    try:
        await ratelimit.limit(request, "here", RATE, key=key)
    except TooManyRequests:
        return False
    return True


@pytest.mark.parametrize("key", [None, "an account"])
async def test_a_rush_on_two_processes_is_counted_exactly(
    limits_are_on: pytest.MonkeyPatch, key: str | None
) -> None:
    with redis_server() as url:
        limits_are_on.setattr(get_settings(), "redis_url", url)
        passed = 0
        for _process in range(2):
            forget()
            passed += sum(await asyncio.gather(*(passes(key=key) for _ in range(25))))
        assert passed == ALLOWED


async def test_without_redis_each_process_counts_for_itself(
    limits_are_on: pytest.MonkeyPatch,
) -> None:
    """As docs/abuse.md says."""
    passed = 0
    for _process in range(2):
        forget()
        passed += sum([await passes() for _ in range(25)])
    assert passed == 2 * ALLOWED


async def test_while_redis_is_away_each_process_counts_for_itself(
    limits_are_on: pytest.MonkeyPatch,
) -> None:
    with redis_server() as url:
        limits_are_on.setattr(get_settings(), "redis_url", url)
        forget()
        assert await passes()
    assert sum([await passes() for _ in range(25)]) == ALLOWED
    with redis_server(port_of(url)):
        come_back()
        assert sum([await passes() for _ in range(25)]) == ALLOWED, "counted there again"


async def test_nobody_waits_long_for_a_redis_that_says_nothing(
    limits_are_on: pytest.MonkeyPatch,
) -> None:
    limits_are_on.setattr(ratelimit, "ANSWERS_SECONDS", 0.2)
    with redis_server() as url:
        limits_are_on.setattr(get_settings(), "redis_url", url)
        forget()
        assert await passes()
        async with Redis.from_url(url) as redis:
            await redis.execute_command("CLIENT", "PAUSE", "3600000", "ALL")  # pyright: ignore[reportUnknownMemberType]
        async with asyncio.timeout(PATIENCE_SECONDS):
            assert sum([await passes() for _ in range(25)]) == ALLOWED
