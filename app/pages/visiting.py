"""Visits, noted in memory as they happen and handed on once a second: no visitor waits until they are counted."""

import asyncio
import contextvars
import hashlib
import hmac
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from litestar import Request

from app.core.ratelimit import client_address
from app.core.settings import get_settings

log = structlog.get_logger()

SECONDS = 1.0
# While nobody can take them, so many wait; the oldest go first.
MOST_WAITING = 50_000


@dataclass(frozen=True)
class Visit:
    """One look at a page, by an address that was signed for `source`, or "". `visitor` is the same for what one browser
    does on one day, on any page, and nothing else can be told from it."""

    page_id: UUID
    source: str
    visitor: UUID
    at: datetime


Sink = Callable[[Sequence[Visit]], Awaitable[None]]


@dataclass
class Visits:
    """What was seen since the last time, for each of those who count it."""

    waiting: dict[Sink, list[Visit]] = field(default_factory=dict[Sink, list[Visit]])
    timer: asyncio.TimerHandle | None = None
    task: "asyncio.Task[None] | None" = None

    def hand_to(self, sink: Sink) -> None:
        """Let `sink` have every visit, in batches. What it raises is logged, and it gets the same batch again."""
        self.waiting.setdefault(sink, [])

    def record(self, visit: Visit) -> None:
        """Note a visit. Never waits, and needs no database."""
        for waiting in self.waiting.values():
            waiting.append(visit)
        if self.timer is None:
            # Not in the context of whoever happened to come: that may be within a transaction.
            self.timer = asyncio.get_running_loop().call_later(
                SECONDS, self._begin, context=contextvars.Context()
            )

    def _begin(self) -> None:
        self.timer = None
        self.task = asyncio.create_task(self.flush(), name="visits")

    async def flush(self) -> None:
        """Hand on what was seen; also at the end of the process."""
        for sink in self.waiting:
            batch, self.waiting[sink] = self.waiting[sink], []
            if not batch:
                continue
            try:
                await sink(batch)
            except Exception:
                log.exception("visits.not_counted", visits=len(batch))
                self.waiting[sink] = [*batch, *self.waiting[sink]][-MOST_WAITING:]


visits = Visits()


def visitor_of(request: Request[Any, Any, Any], now: datetime) -> UUID:
    """Return who is visiting today: a keyed digest of address, browser and day, which is never kept as it is."""
    said = (f"{now:%Y-%m-%d}", client_address(request), request.headers.get("user-agent", "")[:300])
    key = get_settings().secret_keys[-1].encode()
    digest = hmac.new(key, "\x1f".join(("visitor", *said)).encode(), hashlib.sha256).digest()
    return UUID(bytes=digest[:16])


def looks(request: Request[Any, Any, Any]) -> bool:
    """Whether somebody looks at what this request brings: a browser may fetch it before anyone does."""
    return "prefetch" not in request.headers.get("sec-purpose", "")
