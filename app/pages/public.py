"""The public page's bytes: made once per process and change, handed to everyone, never past the page's next instant."""

import asyncio
import hashlib
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from prometheus_client import Counter

from app.core.assets import asset_url, encode
from app.core.errors import NotFound
from app.core.live import LiveBus, bus
from app.pages import loading, showing
from app.pages.answering import QUALITY, Shown
from app.pages.arriving import arrival
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.viewing import PageView, view_page
from app.stock.levels import levels

# Even when nothing changes, the digits that a browser without scripts shows should not be older than this.
LONGEST = timedelta(seconds=60)
PAGES_KEPT = 2000

RENDERS = Counter("mayfly_page_renders", "Public pages rendered")


@dataclass
class PageCache:
    """What was rendered, by short id, and for visitors by share links by "short id/source". An entry goes when its page
    changes, and is never used past its time."""

    bus: LiveBus
    kept: dict[str, Shown] = field(default_factory=dict[str, Shown])
    loading: dict[str, "asyncio.Task[Shown]"] = field(
        default_factory=dict[str, "asyncio.Task[Shown]"]
    )
    short_ids: dict[str, str] = field(default_factory=dict[str, str])
    keys: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    renders: int = 0

    def fresh(self, short_id: str, now: datetime, source: str = "") -> Shown | None:
        """Return what is in memory, if it is true at `now`: nothing is while changes can't be heard."""
        found = self.kept.get(_key(short_id, source))
        if found and self.bus.connected and found.at <= now < found.fresh_until:
            return found
        return None

    async def get(self, short_id: str, now: datetime, source: str = "") -> Shown:
        """Return the page's answer at `now`, for who came from `source`; many who ask at once wait for one rendering.

        Raises NotFound.
        """
        if found := self.fresh(short_id, now, source):
            return found
        key = _key(short_id, source)
        task = self.loading.get(key)
        if task is None:
            task = asyncio.create_task(show(short_id, now, source), name=f"page:{short_id}")
            self.loading[key] = task
            self.keys.setdefault(short_id, set()).add(key)
            task.add_done_callback(lambda done: self._keep(key, done))
        return await asyncio.shield(task)

    def forget(self, topic: str | None) -> None:
        """Drop the page of `topic`, or everything. What is being loaded just now may be older than the change, so it
        is not kept either."""
        short_id = self.short_ids.get(topic) if topic else None
        if short_id is not None:
            for key in self.keys.get(short_id, ()):
                self.kept.pop(key, None)
                self.loading.pop(key, None)
        elif topic is None or topic.startswith("page:"):
            self.loading.clear()
        if topic is None:
            self.kept.clear()

    def _keep(self, key: str, task: "asyncio.Task[Shown]") -> None:
        if self.loading.get(key) is not task:
            if key not in self.kept and key not in self.loading:
                self._drop(key)
            return
        del self.loading[key]
        if task.cancelled() or task.exception() is not None:
            self._drop(key)
            return
        if len(self.kept) >= PAGES_KEPT:
            self._drop(next(iter(self.kept)))
        shown = task.result()
        self.renders += 1
        RENDERS.inc()
        self.kept[key] = shown
        self.short_ids[shown.page.topic] = shown.page.short_id

    def _drop(self, key: str) -> None:
        """Forget one entry, and its page with the last one."""
        dropped, short_id = self.kept.pop(key, None), key.partition("/")[0]
        others = self.keys.get(short_id, set())
        others.discard(key)
        if others:
            return
        self.keys.pop(short_id, None)
        if dropped:
            self.short_ids.pop(dropped.page.topic, None)


def _key(short_id: str, source: str) -> str:
    return f"{short_id}/{source}" if source else short_id


cache = PageCache(bus)
bus.on_change(cache.forget)


async def show(short_id: str, now: datetime, source: str = "") -> Shown:
    """Render the page as it is at `now`, in two statements; in three for who came from `source`, by a signed link.

    Raises NotFound for an unknown page and for a draft.
    """
    page = await loading.by_short_id(short_id)
    came = await arrival(page, source, now)
    view = view_page(page, await levels(page.shown_ids()), now, arrival=came)
    if view.state is State.DRAFT:
        raise NotFound
    gone_at = page.gone_at()
    gone = view.state is State.EXPIRED and gone_at is not None and now >= gone_at
    html = _html(view, gone)
    changes = (page.next_change(now), gone_at, came and came.next_change(page.times, now))
    later = [moment for moment in changes if moment is not None and moment > now]
    return Shown(
        view=view,
        status=_status(page, gone),
        html=html,
        body=encode(html.replace(showing.PERSONAL_PART, "").encode(), quality=QUALITY),
        etag=_etag(view, gone),
        redirect_url=None if gone or page.suspended else view.own_redirect,
        indexed=not (gone or page.suspended or view.redirect_url),
        at=now,
        fresh_until=min([*later, now + LONGEST]),
    )


def _status(page: PageRecord, gone: bool) -> int:
    return 404 if page.suspended else 410 if gone else 200


def _html(view: PageView, gone: bool) -> str:
    if view.page.suspended:
        return showing.unavailable(view)
    return showing.gone(view) if gone else showing.whole(view)


def _etag(view: PageView, gone: bool) -> str:
    """Weak, over everything but the server's clock: two renderings of the same page are the same to a cache."""
    seen = (
        view.page.id,
        view.page.version,
        view.phase,
        view.arrival,
        view.coupon,
        gone,
        view.level,
        [line.level for line in view.lines],
        asset_url("css/page.css"),
        asset_url("js/live.js"),
    )
    return f'W/"{hashlib.sha256(repr(seen).encode()).hexdigest()[:24]}"'
