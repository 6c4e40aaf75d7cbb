"""Live updates through Redis: the same topics, without Postgres's one lock for all notifications.

Redis forgets, and knows nothing of transactions: a topic is published after the commit, so what a process that dies in
between has not said is made good by looking at everything again from time to time.
"""

import asyncio
import time
from collections.abc import Callable
from typing import cast

import structlog
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import RedisError

from app.core.settings import get_settings

log = structlog.get_logger()

CHANNEL = "mayfly:live"
ANSWERS_SECONDS = 5.0
# A pause in what is heard is used to ask whether Redis is still there.
QUIET_SECONDS = 1.0
# So long a change can stay unseen whose publisher died between its commit and its word.
EVERYTHING_SECONDS = 30.0

_clients: dict[asyncio.AbstractEventLoop, Redis] = {}


def _connect() -> Redis:
    # No silent reconnecting: what was said meanwhile would be missed.
    return Redis.from_url(
        get_settings().redis_url,
        socket_connect_timeout=ANSWERS_SECONDS,
        socket_timeout=ANSWERS_SECONDS,
        retry=Retry(NoBackoff(), 0),
    )


def forget_clients() -> None:
    """Let the next word go to the Redis that is configured then; for tests."""
    _clients.clear()


async def publish(topic: str) -> None:
    """Say that `topic` changed. A Redis that is away is no reason to fail: those who listen know that they hear nothing."""
    loop = asyncio.get_running_loop()
    client = _clients.get(loop) or _clients.setdefault(loop, _connect())
    try:
        await client.publish(CHANNEL, topic)
    except (RedisError, OSError) as error:
        log.warning("live.not_published", topic=topic, error=repr(error))


async def hear(connected: Callable[[], None], received: Callable[[str | None], None]) -> None:
    """Call `connected` once changes are heard, and `received` with each topic, or with None when any may have changed.

    Raises RedisError or OSError when Redis goes away.
    """
    client = _connect()
    try:
        async with client.pubsub() as pubsub:
            await pubsub.subscribe(CHANNEL)
            connected()
            again_at = time.monotonic() + EVERYTHING_SECONDS
            while True:
                message = await pubsub.get_message(
                    ignore_subscribe_messages=True, timeout=QUIET_SECONDS
                )
                if message is not None and message["type"] == "message":
                    received(cast(bytes, message["data"]).decode())
                elif message is None and time.monotonic() < again_at:
                    await pubsub.ping()
                if time.monotonic() >= again_at:
                    again_at = time.monotonic() + EVERYTHING_SECONDS
                    received(None)
    finally:
        await client.aclose()
