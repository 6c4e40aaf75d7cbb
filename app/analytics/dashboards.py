"""The live view, pushed to whoever watches it: again every few seconds, at once when one of its pages changes, and never
more than once a second. A group's is rendered once for all of its watchers in a process."""

import asyncio
import contextvars
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from app.analytics import presenting
from app.analytics.charts import Series, bar_chart
from app.analytics.reporting import added
from app.analytics.watching import Live, look
from app.core.clock import utc_now
from app.core.i18n import gettext as _
from app.core.live import LiveBus, bus
from app.core.rendering import out_of_band, render

PREFIX = "dashboard"
SHORTEST_SECONDS, LONGEST_SECONDS = 1.0, 5.0


@dataclass
class Watched:
    """A dashboard that somebody watches: when it was rendered last, and when it will be again."""

    rendered: float
    timer: asyncio.TimerHandle
    pages: set[str] = field(default_factory=set[str])


class Dashboards:
    """Makes the text of topics `dashboard:<group>`, and hears of the pages that are on them."""

    def __init__(self, live: LiveBus) -> None:
        self.live = live
        self.watched: dict[str, Watched] = {}
        self.showing: dict[str, set[str]] = {}

    async def render(self, topic: str) -> str:
        """Return the update for everyone who watches `topic`."""
        view = await look(UUID(topic.partition(":")[2]), utc_now())
        self._note(topic, {f"page:{page.id}" for page in view.pages})
        html = out_of_band(render("analytics/_live.html", **live_context(view)))
        # Morphed: who is at a link within it stays there.
        return html.replace('hx-swap-oob="true"', 'hx-swap-oob="outerMorph"', 1)

    def heard(self, changed: str | None) -> None:
        """Render again what shows the page that changed, as soon as may be."""
        for topic in self.showing.get(changed, ()) if changed else ():
            watched = self.watched[topic]
            due = watched.rendered + SHORTEST_SECONDS
            if watched.timer.when() > due:
                watched.timer.cancel()
                watched.timer = self._wake_at(topic, due)

    def _note(self, topic: str, pages: set[str]) -> None:
        now = asyncio.get_running_loop().time()
        if known := self.watched.pop(topic, None):
            self._forget(topic, known)
        self.watched[topic] = Watched(now, self._wake_at(topic, now + LONGEST_SECONDS), pages)
        for page in pages:
            self.showing.setdefault(page, set()).add(topic)

    def _forget(self, topic: str, known: Watched) -> None:
        known.timer.cancel()
        for page in known.pages:
            others = self.showing[page]
            others.discard(topic)
            if not others:
                del self.showing[page]

    def _wake_at(self, topic: str, when: float) -> asyncio.TimerHandle:
        # Not in the context of whoever changed a page: that may be within a transaction.
        loop = asyncio.get_running_loop()
        return loop.call_at(when, self._wake, topic, context=contextvars.Context())

    def _wake(self, topic: str) -> None:
        if watching := self.live.topics.get(topic):
            watching.changed.set()
        elif known := self.watched.pop(topic, None):
            self._forget(topic, known)


dashboards = Dashboards(bus)
bus.render_with(PREFIX, dashboards.render)
bus.on_change(dashboards.heard)


def live_context(view: Live) -> dict[str, Any]:
    """What `analytics/_live.html` takes."""
    zones = {page.zone for page in view.pages}
    zone = zones.pop() if len(zones) == 1 else "UTC"
    names = [presenting.clock(minute, zone) for minute in view.minutes]
    views = Series(_("Views"), "visitors", view.seen.by_minute)
    total = added(view.figures.values())
    return {
        "view": view,
        "zone": zone,
        "as_of": presenting.clock(view.at, zone, "medium"),
        "total": total,
        "currencies": presenting.currencies(total),
        "drawn": bar_chart(
            "minutes", _("Views by the minute"), names, names, (views,), presenting.number
        ),
        "number": presenting.number,
        "clock": presenting.clock,
        "sells": any(page.page_type.sells for page in view.pages),
        "collects": any(not page.page_type.sells for page in view.pages),
    }
