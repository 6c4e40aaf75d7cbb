"""An ear on this process: what it looks up and connects to, whatever library does it."""

import sys
from collections.abc import Generator
from contextlib import contextmanager
from typing import Any
from urllib.parse import urlsplit

Seen = set[tuple[str, int]]

_noted: Seen = set()
_listening = False


def _hear(event: str, given: tuple[Any, ...]) -> None:
    if not _listening or not event.startswith("socket."):
        return
    if event == "socket.getaddrinfo" and given[0]:
        host = given[0].decode() if isinstance(given[0], bytes) else str(given[0])
        _noted.add((_plain(host), int(given[1] or 0)))
    elif event == "socket.connect" and isinstance(given[1], tuple):
        host, port = given[1][:2]
        _noted.add((_plain(str(host)), int(port)))


def _plain(host: str) -> str:
    return "127.0.0.1" if host == "localhost" else host


# Python keeps such a hook for good, so there is one, and it is deaf most of the time.
sys.addaudithook(_hear)


@contextmanager
def noting() -> Generator[Seen]:
    """Yield the hosts and ports that are asked for meanwhile."""
    global _listening
    _noted.clear()
    _listening = True
    try:
        yield _noted
    finally:
        _listening = False


def strangers(seen: Seen) -> Seen:
    """Return what is none of the servers that the operator set."""
    from app.core.settings import get_settings

    settings = get_settings()
    urls = (
        settings.database_url,
        settings.redis_url,
        settings.s3_endpoint,
        settings.stripe_api_base,
        settings.sms_url,
    )
    parts = [urlsplit(url) for url in urls]
    known = {(_plain(part.hostname or ""), part.port or 0) for part in parts}
    return seen - known - {(_plain(settings.smtp_host), settings.smtp_port)}
