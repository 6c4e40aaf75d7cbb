"""Visits, noted in memory as they happen and handed on once a second: no visitor waits until they are counted.

What a browser says of itself stays in memory until then. Who counts is given a digest that leads back to nobody
(`visitors.py`).
"""

import asyncio
import contextvars
from collections.abc import Awaitable, Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

import structlog
from prometheus_client import Counter

from app.core.head_requests import is_head
from app.pages.loading import PageRecord
from app.pages.sources import Source

log = structlog.get_logger()

SECONDS = 1.0
# While nobody can take them, so many wait.
MOST_WAITING = 50_000

DROPPED = Counter("mayfly_visits_dropped", "Visits that nobody could take in time")

# What a browser loads for a person to look at.
LOOKED_AT = (None, b"document", b"iframe")


@dataclass(frozen=True, slots=True)
class Visit:
    """One visitor's looks at a page from one source within a second: `views` of them. `visitor` is the same for what one
    browser does on one day of the page's zone, on any page of its organization, and nothing else can be told from it."""

    page_id: UUID
    at: datetime
    visitor: UUID
    source: Source
    views: int = 1


@dataclass(slots=True)
class Look:
    """What is known of a visit before anybody looks at who it was."""

    page_id: UUID
    organization_id: UUID
    zone: str
    at: datetime
    views: int = 1


# The page's short id, the link's source, the campaign, whether in a frame; then the browser: its address, what proxies
# say of it, its name, where it came from.
LookKey = tuple[str, str, str, bool, str, bytes, bytes, bytes]
Looks = dict[LookKey, Look]
Sink = Callable[[Sequence[Visit]], Awaitable[None]]
Recognize = Callable[[Mapping[LookKey, Look]], Awaitable[list[Visit]]]


@dataclass
class Visits:
    """What was seen since the last time, for each of those who count it."""

    recognize: Recognize
    seen: Looks = field(default_factory=Looks)
    waiting: dict[Sink, list[Visit]] = field(default_factory=dict[Sink, list[Visit]])
    timer: asyncio.TimerHandle | None = None
    task: "asyncio.Task[None] | None" = None
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)

    def hand_to(self, sink: Sink) -> None:
        """Let `sink` have every visit, in batches. What it raises is logged, and it gets the same batch again."""
        self.waiting.setdefault(sink, [])

    def look(
        self,
        page: PageRecord,
        scope: Any,
        now: datetime,
        *,
        source: str = "",
        campaign: str = "",
        framed: bool = False,
        headers: dict[bytes, bytes] | None = None,
    ) -> None:
        """Note that the request `scope` (ASGI) is shown `page`. Never waits, and needs no database.

        `source` is the share link's by which it came. What a browser fetches before anybody looks is not noted. Whoever
        has the `headers` by name already gives them.
        """
        found: dict[bytes, bytes] = dict(scope["headers"]) if headers is None else headers
        get = found.get
        if get(b"sec-fetch-dest") not in LOOKED_AT or b"prefetch" in get(b"sec-purpose", b""):
            return
        if is_head():
            return
        peer = scope["client"][0] if scope["client"] else ""
        said = get(b"x-forwarded-for", b"") and _lines(scope["headers"])
        browser = (said, get(b"user-agent", b""), get(b"referer", b""))
        key = (page.short_id, source, campaign, framed, peer, *browser)
        if (known := self.seen.get(key)) is not None:
            known.views += 1
        elif len(self.seen) < MOST_WAITING:
            self.seen[key] = Look(page.id, page.organization_id, page.zone, now)
            self._wake()
        else:
            DROPPED.inc()

    async def flush(self) -> None:
        """Hand on what was seen; also at the end of the process."""
        async with self.turn:
            await self._recognize()
            for sink in self.waiting:
                await self._hand(sink)
        if self.seen or any(self.waiting.values()):
            self._wake()

    def _wake(self) -> None:
        if self.timer is None:
            # Not in the context of whoever happened to come: that may be within a transaction.
            self.timer = asyncio.get_running_loop().call_later(
                SECONDS, self._begin, context=contextvars.Context()
            )

    def _begin(self) -> None:
        self.timer = None
        self.task = asyncio.create_task(self.flush(), name="visits")

    async def _recognize(self) -> None:
        looks, self.seen = self.seen, {}
        if not looks:
            return
        try:
            found = await self.recognize(looks)
        except Exception:
            log.exception("visits.not_recognized", visits=len(looks))
            self.seen = looks | self.seen
            return
        for sink in self.waiting:
            self._add(sink, self.waiting[sink], found)

    async def _hand(self, sink: Sink) -> None:
        batch, self.waiting[sink] = self.waiting[sink], []
        if not batch:
            return
        try:
            await sink(batch)
        except Exception:
            log.exception("visits.not_counted", visits=len(batch))
            self._add(sink, batch, self.waiting[sink])

    def _add(self, sink: Sink, first: list[Visit], then: list[Visit]) -> None:
        """Let both wait for `sink`; when they are too many the oldest go."""
        both = [*first, *then]
        if len(both) > MOST_WAITING:
            DROPPED.inc(sum(visit.views for visit in both[:-MOST_WAITING]))
        self.waiting[sink] = both[-MOST_WAITING:]


def _lines(headers: Sequence[tuple[bytes, bytes]]) -> bytes:
    """Return what all proxies said: some add a line of their own behind the one that the browser sent."""
    return b",".join(value for name, value in headers if name == b"x-forwarded-for")
