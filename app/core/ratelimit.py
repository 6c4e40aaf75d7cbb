"""Rate limits: by address or by a key, in Redis so that every process counts together, or each process for itself in memory.

An address is an IPv4 address or an IPv6 /64: that is what one subscriber has, and who has one has all of its addresses.
"""

import ipaddress
import math
import re
from dataclasses import dataclass
from functools import lru_cache
from time import monotonic, time
from typing import Any

import structlog
from limits import parse
from limits.aio.storage import MemoryStorage, RedisStorage, Storage
from limits.aio.strategies import MovingWindowRateLimiter
from limits.errors import StorageError
from litestar import Request

from app.core.errors import TooManyRequests
from app.core.settings import get_settings

log = structlog.get_logger()

IPAddress = ipaddress.IPv4Address | ipaddress.IPv6Address
IPNetwork = ipaddress.IPv4Network | ipaddress.IPv6Network

ADDRESS_LENGTH = 100
# What one subscriber has, and what belongs together.
SUBSCRIBER_BITS = {4: 32, 6: 64}
NETWORK_BITS = {4: 24, 6: 48}
_PORT = re.compile(r"(:[0-9]{1,5})?")
# A Redis that does not answer within the first is away, and is asked again after the second.
ANSWERS_SECONDS, AWAY_SECONDS = 1.0, 5.0


@dataclass
class _Away:
    """Until when Redis is not asked, on the machine's own clock."""

    until: float = 0.0


_away = _Away()


@lru_cache
def _limiter() -> MovingWindowRateLimiter:
    url = get_settings().redis_url
    storage: Storage = MemoryStorage()
    if url:
        storage = RedisStorage(
            f"async+{url}",
            wrap_exceptions=True,
            implementation="redispy",
            socket_connect_timeout=ANSWERS_SECONDS,
            socket_timeout=ANSWERS_SECONDS,
        )
    return MovingWindowRateLimiter(storage)


@lru_cache
def _own_limiter() -> MovingWindowRateLimiter:
    return MovingWindowRateLimiter(MemoryStorage())


def client_address(request: Request[Any, Any, Any]) -> str:
    """Return the visitor's IP address: the connection's, or what a trusted proxy says of it."""
    peer = request.client.host if request.client else "127.0.0.1"
    # Some proxies add a line of their own behind the one that the browser sent.
    lines = request.headers.getall("x-forwarded-for", [])
    return address_behind(peer, ",".join(lines))


def address_behind(peer: str, said: str) -> str:
    """Return the visitor's IP address: `peer`, or what `X-Forwarded-For` said, as far as trusted proxies did."""
    own = read_address(peer)
    if own is not None and _is_trusted(own):
        for part in reversed([part for part in said.split(",") if part.strip()]):
            address = read_address(part)
            if address is None or not _is_trusted(address):
                return str(address or own)
    return str(own or "127.0.0.1")


def read_address(text: str) -> IPAddress | None:
    """Return the IP address in one entry of `X-Forwarded-For`, which may have a port, brackets or quotation marks; None for
    what is none."""
    host, port = text.strip().strip('"')[:ADDRESS_LENGTH], ""
    if host.startswith("["):
        host, _bracket, port = host[1:].partition("]")
    elif host.count(":") == 1:
        # An IPv6 address has a port only behind brackets.
        host, colon, port = host.partition(":")
        port = colon + port
    try:
        parsed = ipaddress.ip_address(host.partition("%")[0]) if _PORT.fullmatch(port) else None
    except ValueError:
        return None
    # A socket that takes both kinds writes IPv4 as if it were IPv6.
    mapped = parsed.ipv4_mapped if isinstance(parsed, ipaddress.IPv6Address) else None
    return mapped or parsed


def _is_trusted(address: IPAddress) -> bool:
    networks = _networks(tuple(get_settings().trusted_proxies))
    return any(address in network for network in networks)


@lru_cache(maxsize=8)
def _networks(proxies: tuple[str, ...]) -> tuple[IPNetwork, ...]:
    return tuple(ipaddress.ip_network(proxy, strict=False) for proxy in proxies)


def network_of(address: str) -> str:
    """Return the network of an IP address: IPv4 /24, IPv6 /48."""
    return _within(address, NETWORK_BITS)


def subscriber_of(address: str) -> str:
    """Return what one subscriber has: the IPv4 address (/32) or the IPv6 /64."""
    return _within(address, SUBSCRIBER_BITS)


def _within(address: str, bits: dict[int, int]) -> str:
    parsed = ipaddress.ip_address(address)
    return str(ipaddress.ip_network((parsed, bits[parsed.version]), strict=False))


def _subject(request: Request[Any, Any, Any], key: str | None) -> str:
    return subscriber_of(client_address(request)) if key is None else key


async def limit(
    request: Request[Any, Any, Any], name: str, rate: str, *, key: str | None = None
) -> None:
    """Count one use of `name` against `rate` ("10/minute") for `key`, or for the visitor's address.

    Raises TooManyRequests with the seconds to wait.
    """
    await _ask(request, name, rate, key, 1)


async def ensure_left(
    request: Request[Any, Any, Any], name: str, rate: str, *, key: str | None = None
) -> None:
    """Raise TooManyRequests when `key`, or the visitor's address, has no use of `name` left, and count none.

    For what is only counted when it fails, such as guesses.
    """
    await _ask(request, name, rate, key, 0)


async def _ask(
    request: Request[Any, Any, Any], name: str, rate: str, key: str | None, cost: int
) -> None:
    if not get_settings().rate_limits:
        return
    subject = _subject(request, key)
    try:
        limiter = _limiter() if monotonic() >= _away.until else _own_limiter()
        wait = await _wait(limiter, rate, name, subject, cost)
    except (StorageError, OSError) as error:
        # A Redis that is away neither opens the door nor closes it: each process counts for itself meanwhile.
        log.warning("ratelimit.redis_away", error=repr(error))
        _away.until = monotonic() + AWAY_SECONDS
        wait = await _wait(_own_limiter(), rate, name, subject, cost)
    if wait:
        raise TooManyRequests(wait)


async def _wait(
    limiter: MovingWindowRateLimiter, rate: str, name: str, subject: str, cost: int = 1
) -> int:
    """Count `cost` uses, or only look whether one is left; return the seconds to wait, 0 when it was within the rate."""
    item = parse(rate)
    ask = limiter.hit if cost else limiter.test
    if await ask(item, name, subject):
        return 0
    window = await limiter.get_window_stats(item, name, subject)
    # The limiter counts by the machine's clock.
    return max(1, math.ceil(window.reset_time - time()))


async def reset_limits() -> None:
    """Forget all counts; for tests."""
    _away.until = 0.0
    await _limiter().storage.reset()
    await _own_limiter().storage.reset()
