"""Live updates of a page: rendered once per process and change, and exactly when time alone changes the page."""

import asyncio
from datetime import datetime
from uuid import UUID

from app.core.clock import utc_now
from app.core.errors import NotFound
from app.core.eventstream import EventStream
from app.core.live import LiveBus, bus
from app.pages import loading, showing
from app.pages.arriving import arrival
from app.pages.embedding import PUBLIC
from app.pages.lifecycle import State
from app.pages.viewing import view_page
from app.stock.levels import levels

# Timers further away than this are set when they come nearer: something wakes the topic before, or a job does.
FARTHEST_SECONDS = 24 * 3600.0
# A timer must not fire before its moment, by whatever its clock is coarser than ours.
LATER_SECONDS = 0.005


class PageUpdates:
    """Makes the text of topics `page:<id>`, and `page:<id>/<source>` for who came by a share link. Remembers the stage
    that the watchers of each have been shown."""

    def __init__(self, live: LiveBus) -> None:
        self.live = live
        self.stages: dict[str, str] = {}
        self.timers: dict[str, asyncio.TimerHandle] = {}

    async def render(self, topic: str) -> str | None:
        """Return the update for everyone who watches `topic`; None when the page is gone."""
        now = utc_now()
        page_id, _slash, source = topic.partition(":")[2].partition("/")
        try:
            page = await loading.by_id(UUID(page_id))
        except NotFound:
            return None
        if page.suspended or page.state(now) is State.DRAFT:
            self.stages.pop(topic, None)
            return showing.withdrawn(page, now)
        came = await arrival(page, source, now)
        changes = (page.next_change(now), came and came.next_change(page.times, now))
        self._wake_at_next_change(topic, min((at for at in changes if at), default=None))
        view = view_page(page, await levels(page.shown_ids()), now, arrival=came)
        before = self.stages.get(topic)
        self.stages[topic] = view.stage
        # Whoever missed the one whole update sees by the small one's stage that it does not fit, and asks.
        same = before is None or before == view.stage
        return showing.small_update(view) if same else showing.full_update(view)

    def _wake_at_next_change(self, topic: str, moment: datetime | None) -> None:
        """Render again at the very instant, whether or not the job that announces it is on time."""
        if timer := self.timers.pop(topic, None):
            timer.cancel()
        if moment is None or topic not in self.live.topics:
            return
        seconds = (moment - utc_now()).total_seconds()
        if seconds < FARTHEST_SECONDS:
            self.timers[topic] = asyncio.get_running_loop().call_later(
                max(seconds, 0) + LATER_SECONDS, self._wake, topic
            )

    def _wake(self, topic: str) -> None:
        self.timers.pop(topic, None)
        if watched := self.live.topics.get(topic):
            watched.changed.set()


updates = PageUpdates(bus)
bus.render_with("page", updates.render)


def event_stream(page_id: UUID, source: str = "") -> EventStream:
    """Return the response that keeps a browser up to date with a page, as who came from `source` sees it."""
    stream = EventStream(bus, f"page:{page_id}/{source}" if source else f"page:{page_id}")
    # For the frames on other sites, which have no origin.
    stream.headers.update(PUBLIC)
    return stream
