"""How many live connections each address has open, and the refusal of more: one client must not take them all."""

from collections import Counter

from starlette.types import Scope, Send

from app.core.ratelimit import address_behind, subscriber_of
from app.core.settings import get_settings

RETRY_SECONDS = 30
REFUSED = (
    b"Too many live connections from your address. The page itself is up to date after a reload.\n"
)


class StreamLimit:
    """Counts the open streams of this process by address: IPv4 /32, IPv6 /64."""

    def __init__(self) -> None:
        self.open: Counter[str] = Counter()

    def take(self, address: str) -> bool:
        """Count one more stream of `address`. False, and nothing counted, when it has as many as it may."""
        settings = get_settings()
        if settings.rate_limits and self.open[address] >= settings.streams_per_address:
            return False
        self.open[address] += 1
        return True

    def give_back(self, address: str) -> None:
        self.open[address] -= 1
        if self.open[address] <= 0:
            del self.open[address]


stream_limit = StreamLimit()


def subscriber_behind(scope: Scope) -> str:
    """Return whose request it is, as rate limits count."""
    client = scope.get("client")
    lines = [value for name, value in scope.get("headers", ()) if name == b"x-forwarded-for"]
    peer = client[0] if client else "127.0.0.1"
    return subscriber_of(address_behind(peer, b",".join(lines).decode("latin-1")))


async def refuse(send: Send) -> None:
    """Answer 429 with the time to wait."""
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", str(len(REFUSED)).encode()),
        (b"retry-after", str(RETRY_SECONDS).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": 429, "headers": headers})
    await send({"type": "http.response.body", "body": REFUSED, "more_body": False})
