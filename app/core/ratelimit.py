"""Rate limits: by address or by a key, in memory, or in Redis so that every process counts together."""

import ipaddress
import math
from functools import lru_cache
from typing import Any

from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from litestar import Request

from app.core.clock import utc_now
from app.core.errors import TooManyRequests
from app.core.settings import get_settings

ADDRESS_LENGTH = 100


@lru_cache
def _limiter() -> MovingWindowRateLimiter:
    url = get_settings().redis_url
    storage: Storage = (
        RedisStorage(f"async+{url}", implementation="redispy") if url else MemoryStorage()
    )
    return MovingWindowRateLimiter(storage)


def client_address(request: Request[Any, Any, Any]) -> str:
    """Return the visitor's IP address: the connection's, or what a trusted proxy says of it."""
    peer = request.client.host if request.client else "127.0.0.1"
    trusted = get_settings().trusted_proxies
    if peer in trusted:
        forwarded = [
            part.strip()
            for part in request.headers.get("x-forwarded-for", "").split(",")
            if part.strip()
        ]
        for address in reversed(forwarded):
            if address not in trusted:
                return _known(address) or peer
    return _known(peer) or "127.0.0.1"


def _known(address: str) -> str | None:
    try:
        return str(ipaddress.ip_address(address[:ADDRESS_LENGTH]))
    except ValueError:
        return None


async def limit(
    request: Request[Any, Any, Any], name: str, rate: str, *, key: str | None = None
) -> None:
    """Count one use of `name` against `rate` ("10/minute") for `key`, or for the visitor's address.

    Raises TooManyRequests with the seconds to wait.
    """
    if not get_settings().rate_limits:
        return
    item = parse(rate)
    subject = key if key is not None else client_address(request)
    if not await _limiter().hit(item, name, subject):
        window = await _limiter().get_window_stats(item, name, subject)
        raise TooManyRequests(max(1, math.ceil(window.reset_time - utc_now().timestamp())))


async def reset_limits() -> None:
    """Forget all counts; for tests."""
    await _limiter().storage.reset()
