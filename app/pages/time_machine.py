"""The time machine: a page as it will be, or was, at any moment of its life and with any stock, for the real renderer.

A life is a row of stops, such as launch, one minute left and end. Between two stops lie as many steps of the slider
as between any other two, so that the last minute of a month can be reached as well as the month.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import pairwise
from uuid import UUID

from app.core.i18n import gettext as _
from app.pages import lifecycle
from app.pages.lifecycle import State, end_of
from app.pages.loading import PageRecord
from app.pages.phases import Phase
from app.pages.steps import STEPS, Stand
from app.pages.viewing import PageView, view_page
from app.stock.levels import Level

LAST_MINUTE = timedelta(minutes=1)
# What lies in other baskets when all that is left does, and how long the oldest of them still has.
BASKETS, BASKET_LEFT = 3, timedelta(minutes=5)


@dataclass(frozen=True)
class Stop:
    """A moment at which something changes, in the words of the current language."""

    at: datetime
    words: str


@dataclass(frozen=True)
class Life:
    """At least one stop, each later than the one before."""

    stops: tuple[Stop, ...]

    @property
    def last(self) -> int:
        """Return the slider's last step; its first is 0."""
        return STEPS * (len(self.stops) - 1)

    def moment(self, step: int) -> datetime:
        """Return the moment at a step of the slider; what lies outside is the nearest end."""
        index, rest = divmod(min(max(step, 0), self.last), STEPS)
        at = self.stops[index].at
        return at + (self.stops[index + 1].at - at) * rest / STEPS if rest else at

    def step(self, moment: datetime) -> int:
        """Return the step nearest before `moment`."""
        for index, (before, after) in enumerate(pairwise(self.stops)):
            if moment < after.at:
                passed = max(moment - before.at, timedelta())
                return index * STEPS + int(STEPS * (passed / (after.at - before.at)))
        return self.last

    def words(self, moment: datetime) -> str:
        """Return what the moment is, or between what it lies."""
        before = [stop for stop in self.stops if stop.at <= moment]
        after = [stop for stop in self.stops if stop.at > moment]
        if before and (before[-1].at == moment or not after):
            return before[-1].words
        if not before:
            return _("Before “%(after)s”", after=after[0].words)
        return _(
            "Between “%(before)s” and “%(after)s”", before=before[-1].words, after=after[0].words
        )


def going_on(page: PageRecord, now: datetime) -> PageRecord:
    """Return the page as it will be if all goes as planned: a draft comes out, and a paused page goes on now."""
    times, state = page.times, page.state(now)
    if state is State.DRAFT:
        launch = max(times.launch_at or now, now)
        end = times.expires_at if times.expires_at and times.expires_at > launch else None
        times = replace(times, published_at=now, launch_at=launch, expires_at=end)
        return replace(page, times=times)
    if state is State.PAUSED and times.paused_at:
        by = now - times.paused_at if times.pause_moves_deadline else timedelta()
        settings = page.page_type.moved(page.settings, by)
        return replace(page, times=lifecycle.resume(times, now), settings=settings)
    return page


def life_of(page: PageRecord, now: datetime) -> Life:
    """Return the stops of a page's life."""
    plan = going_on(page, now)
    times, end = plan.times, end_of(plan.times)
    begin = times.published_at or now
    launch = max(times.launch_at or begin, begin)
    found = [Stop(launch, _("Launch"))]
    if begin < launch:
        found.append(Stop(begin, _("Announced")))
    if page.state(now) is not State.DRAFT:
        found.append(Stop(now, _("Now")))
    words = page.page_type.moment_words()
    own = [each for each in page.page_type.moments(plan.settings, times) if each.at > begin]
    found += [Stop(each.at, words.get(each.name, each.name)) for each in own]
    if (clock := min((each.at for each in own if each.at > launch), default=end)) is not None:
        found.append(Stop(max(clock - LAST_MINUTE, launch), _("One minute left")))
    if end is not None:
        found.append(Stop(end, _("End")))
    if gone := plan.gone_at():
        found.append(Stop(gone, _("Gone")))
    return Life(_in_order(stop for stop in found if stop.at >= begin))


def _in_order(stops: Iterable[Stop]) -> tuple[Stop, ...]:
    """Return the stops by time; those at one moment are one stop, except that a last minute is no launch."""
    joined: dict[datetime, list[str]] = {}
    for stop in stops:
        joined.setdefault(stop.at, []).append(stop.words)
    return tuple(Stop(at, " · ".join(dict.fromkeys(joined[at]))) for at in sorted(joined))


def view_at(
    page: PageRecord, levels: Mapping[UUID, Level], at: datetime, now: datetime, stand: Stand
) -> PageView:
    """Return what a visitor sees at `at`. `levels` are those of today, and empty for a draft."""
    planned = at > now or page.state(now) is State.DRAFT
    shown = going_on(page, now) if planned else page
    shown = replace(shown, changes=tuple(each for each in page.changes if each.at <= at))
    view = view_page(shown, levels, at, lambda level: as_if(level, stand, at))
    if view.phase is Phase.SOLD_OUT and not shown.sells.keep_open_when_sold_out:
        times = lifecycle.end(shown.times, at)
        return replace(
            view,
            page=replace(shown, times=times, ended_cause="limit"),
            state=State.EXPIRED,
            phase=Phase.EXPIRED,
        )
    return view


def as_if(level: Level, stand: Stand, at: datetime) -> Level:
    """Return the level as it would be; what has no limit stays."""
    capacity = level.capacity
    if capacity is None or stand is Stand.NOW:
        return level
    held = min(capacity, BASKETS)
    return {
        Stand.FULL: Level(capacity, 0, 0, None),
        Stand.LAST: Level(capacity, 0, capacity - 1, None),
        Stand.HELD: Level(capacity, held, capacity - held, at + BASKET_LEFT),
        Stand.SOLD_OUT: Level(capacity, 0, capacity, None),
    }[stand]
