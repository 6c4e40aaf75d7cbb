"""The public page's bytes: made once per process and change, handed to everyone, never past the page's next instant."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import cached_property

from prometheus_client import Counter

from app.core.assets import Encoded, asset_url, encode
from app.core.clock import milliseconds
from app.core.errors import NotFound
from app.core.live import LiveBus, bus
from app.core.middleware import security_headers
from app.pages import loading, showing
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.viewing import PageView, view_page
from app.stock.levels import levels

# Even when nothing changes, the digits that a browser without scripts shows should not be older than this.
LONGEST = timedelta(seconds=60)
PAGES_KEPT = 2000
# Compressed for many readers, but while somebody waits: a middle quality of brotli.
QUALITY = 5

RENDERS = Counter("mayfly_page_renders", "Public pages rendered")


# A cache in front may answer for a second; a browser always asks, and mostly hears 304.
SHARED = "public, max-age=0, s-maxage=1, must-revalidate"

VARY = ("vary", "Accept-Encoding, Cookie")
NOT_INDEXED = ("x-robots-tag", "noindex")

CONTENT_TYPE = b"text/html; charset=utf-8"

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    """A response that is made once and sent often; header names are in lower case. What is missing is the clock."""

    status: int
    headers: RawHeaders
    body: bytes

    @cached_property
    def complete(self) -> RawHeaders:
        """All headers as they go over the wire."""
        length = b"%d" % len(self.body)
        entity = [(b"content-type", CONTENT_TYPE), (b"content-length", length)]
        return [*([] if self.status == 304 else entity), *self.headers, *security_headers()]


@dataclass(frozen=True)
class Shown:
    """A page's answer from `at` until `fresh_until`: a body to send, or where it sends its visitors."""

    view: PageView
    status: int
    html: str
    body: Encoded
    etag: str
    redirect_url: str | None
    indexed: bool
    at: datetime
    fresh_until: datetime

    def answer(self, accepts: str, knows: str) -> Answer:
        """Return what everyone gets whose `Accept-Encoding` is `accepts` and whose `If-None-Match` is `knows`."""
        if self.redirect_url is None and self.etag in knows:
            return self._unchanged
        return self._answers[self.body.best(accepts)[1]]

    @cached_property
    def _unchanged(self) -> Answer:
        return Answer(304, self._headers, b"")

    @cached_property
    def _answers(self) -> dict[str, Answer]:
        """By encoding."""
        if self.redirect_url:
            away = Answer(302, [*self._headers, _raw(("location", self.redirect_url))], b"")
            return dict.fromkeys(("", "gzip", "br"), away)
        found = {"": Answer(self.status, self._headers, self.body.plain)}
        for name, body in (("gzip", self.body.gzip), ("br", self.body.brotli)):
            headers = [*self._headers, _raw(("content-encoding", name))]
            found[name] = Answer(self.status, headers, body)
        return found

    @property
    def page(self) -> PageRecord:
        return self.view.page

    @cached_property
    def embedded(self) -> Encoded:
        """What other sites show of the page in a frame."""
        return encode(showing.embedded(self.view).encode(), quality=QUALITY)

    @cached_property
    def _headers(self) -> RawHeaders:
        headers = [("cache-control", SHARED), ("etag", self.etag), VARY]
        if not self.indexed:
            headers.append(NOT_INDEXED)
        return [_raw(header) for header in headers]


def clock_header(now: datetime) -> tuple[str, str]:
    """Return the header that tells a browser's countdown the server's clock."""
    return "server-timing", f"clock;dur={milliseconds(now)}"


def raw_clock(now: datetime) -> tuple[bytes, bytes]:
    return _raw(clock_header(now))


def _raw(header: tuple[str, str]) -> tuple[bytes, bytes]:
    return header[0].encode(), header[1].encode()


@dataclass
class PageCache:
    """What was rendered, by short id. An entry goes when its page changes, and is never used past its time."""

    bus: LiveBus
    kept: dict[str, Shown] = field(default_factory=dict[str, Shown])
    loading: dict[str, "asyncio.Task[Shown]"] = field(
        default_factory=dict[str, "asyncio.Task[Shown]"]
    )
    short_ids: dict[str, str] = field(default_factory=dict[str, str])
    renders: int = 0

    def fresh(self, short_id: str, now: datetime) -> Shown | None:
        """Return what is in memory, if it is true at `now`: nothing is while changes can't be heard."""
        found = self.kept.get(short_id)
        if found and self.bus.connected and found.at <= now < found.fresh_until:
            return found
        return None

    async def get(self, short_id: str, now: datetime) -> Shown:
        """Return the page's answer at `now`; many who ask at once wait for one rendering. Raises NotFound."""
        if found := self.fresh(short_id, now):
            return found
        task = self.loading.get(short_id)
        if task is None:
            task = asyncio.create_task(show(short_id, now), name=f"page:{short_id}")
            self.loading[short_id] = task
            task.add_done_callback(lambda done: self._keep(short_id, done))
        return await asyncio.shield(task)

    def forget(self, topic: str | None) -> None:
        """Drop the page of `topic`, or everything. What is being loaded just now may be older than the change, so it
        is not kept either."""
        short_id = self.short_ids.get(topic) if topic else None
        if short_id is not None:
            self.kept.pop(short_id, None)
            self.loading.pop(short_id, None)
        elif topic is None or topic.startswith("page:"):
            self.loading.clear()
        if topic is None:
            self.kept.clear()

    def _keep(self, short_id: str, task: "asyncio.Task[Shown]") -> None:
        if self.loading.get(short_id) is not task:
            return
        del self.loading[short_id]
        if task.cancelled() or task.exception() is not None:
            return
        if len(self.kept) >= PAGES_KEPT:
            oldest = self.kept.pop(next(iter(self.kept)))
            self.short_ids.pop(oldest.page.topic, None)
        shown = task.result()
        self.renders += 1
        RENDERS.inc()
        self.kept[short_id] = shown
        self.short_ids[shown.page.topic] = short_id


cache = PageCache(bus)
bus.on_change(cache.forget)


async def show(short_id: str, now: datetime) -> Shown:
    """Render the page as it is at `now`, in two statements. Raises NotFound for an unknown page and for a draft."""
    page = await loading.by_short_id(short_id)
    view = view_page(page, await levels(page.stock_ids()), now)
    if view.state is State.DRAFT:
        raise NotFound
    gone_at = page.gone_at()
    gone = view.state is State.EXPIRED and gone_at is not None and now >= gone_at
    html = showing.gone(view) if gone else showing.whole(view)
    changes = (page.next_change(now), gone_at)
    later = [moment for moment in changes if moment is not None and moment > now]
    return Shown(
        view=view,
        status=410 if gone else 200,
        html=html,
        body=encode(html.replace(showing.PERSONAL_PART, "").encode(), quality=QUALITY),
        etag=_etag(view, gone),
        redirect_url=None if gone else view.redirect_url,
        indexed=not gone,
        at=now,
        fresh_until=min([*later, now + LONGEST]),
    )


def _etag(view: PageView, gone: bool) -> str:
    """Weak, over everything but the server's clock: two renderings of the same page are the same to a cache."""
    seen = (
        view.page.id,
        view.page.version,
        view.phase,
        gone,
        view.level,
        [line.level for line in view.lines],
        asset_url("css/page.css"),
        asset_url("js/live.js"),
    )
    return f'W/"{hashlib.sha256(repr(seen).encode()).hexdigest()[:24]}"'
