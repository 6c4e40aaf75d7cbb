"""A page's life: draft → scheduled → active ⇄ paused → expired, as pure functions of its times and a moment.

`state_at` is the truth at every instant; jobs only announce it. The verbs take a page's times and return the times
after the verb, or refuse. Storing them, with who and why, is what publishing.py, pausing.py and the others do.
"""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from app.core.errors import Conflict
from app.core.i18n import gettext as _


class State(StrEnum):
    DRAFT = "draft"
    SCHEDULED = "scheduled"
    ACTIVE = "active"
    PAUSED = "paused"
    EXPIRED = "expired"


class Cause(StrEnum):
    """Why a page changed its state: somebody did it, its time came, or everything was sold."""

    HAND = "hand"
    TIME = "time"
    LIMIT = "limit"


# Open to nobody before the launch.
ON_TIME = timedelta()

TRANSITIONS = frozenset(
    {
        (State.DRAFT, State.SCHEDULED),
        (State.DRAFT, State.ACTIVE),
        (State.SCHEDULED, State.DRAFT),
        (State.SCHEDULED, State.ACTIVE),
        (State.ACTIVE, State.PAUSED),
        (State.ACTIVE, State.EXPIRED),
        (State.PAUSED, State.ACTIVE),
        (State.PAUSED, State.EXPIRED),
    }
)


class Refused(Conflict):
    """The page's state does not allow the verb (409)."""


@dataclass(frozen=True)
class PageTimes:
    """Everything a page's state depends on; all aware. `launch_at` None means: when it is published."""

    launch_at: datetime | None = None
    expires_at: datetime | None = None
    published_at: datetime | None = None
    paused_at: datetime | None = None
    pause_moves_deadline: bool = False
    ended_at: datetime | None = None


def end_of(times: PageTimes) -> datetime | None:
    """When the page expires, as things stand. None for never: a pause that moves the deadline stops its clock."""
    if times.ended_at is not None:
        return times.ended_at
    if times.paused_at is not None and times.pause_moves_deadline:
        return None
    return times.expires_at


def state_at(times: PageTimes, now: datetime, early: timedelta = ON_TIME) -> State:
    """Return the state at `now`. A time belongs to what begins at it: at the very end a page is expired.

    `early` is how long before its launch the page is open for whom it is asked.
    """
    if times.published_at is None or now < times.published_at:
        return State.DRAFT
    end = end_of(times)
    if end is not None and now >= end:
        return State.EXPIRED
    if times.launch_at is not None and now < times.launch_at - early:
        return State.SCHEDULED
    if times.paused_at is not None and now >= times.paused_at:
        return State.PAUSED
    return State.ACTIVE


def next_change(times: PageTimes, now: datetime) -> datetime | None:
    """Return the next moment at which the state changes by time alone; None when it does not."""
    if times.published_at is None:
        return None
    moments = (times.published_at, times.launch_at, times.paused_at, end_of(times))
    later = sorted(moment for moment in moments if moment is not None and moment > now)
    state = state_at(times, now)
    return next((moment for moment in later if state_at(times, moment) is not state), None)


def gone_at(times: PageTimes, days: int | None) -> datetime | None:
    """When an expired page begins to answer 410: `days` after its end; None for never."""
    end = end_of(times)
    return end + timedelta(days=days) if end is not None and days is not None else None


def time_left(times: PageTimes, now: datetime) -> timedelta | None:
    """How long the offer would still run from `now`; a pause that moves the deadline holds it still."""
    if times.expires_at is None:
        return None
    frozen = times.paused_at if times.pause_moves_deadline and times.paused_at else now
    return max(times.expires_at - frozen, timedelta())


def _require(times: PageTimes, now: datetime, *allowed: State) -> State:
    state = state_at(times, now)
    if state not in allowed:
        raise Refused(refusal(state))
    return state


def refusal(state: State) -> str:
    """Say why a page in `state` does not allow what was asked."""
    return {
        State.DRAFT: _("This page is still a draft."),
        State.SCHEDULED: _("This page has not launched yet."),
        State.ACTIVE: _("This page is running."),
        State.PAUSED: _("This page is paused."),
        State.EXPIRED: _("This page has ended."),
    }[state]


def publish(times: PageTimes, now: datetime) -> PageTimes:
    """Make a draft or scheduled page active at once."""
    _require(times, now, State.DRAFT, State.SCHEDULED)
    _require_end_after(times, now)
    return replace(times, published_at=times.published_at or now, launch_at=now)


def schedule(times: PageTimes, now: datetime) -> PageTimes:
    """Let a draft become active at its launch time."""
    _require(times, now, State.DRAFT)
    if times.launch_at is None or times.launch_at <= now:
        raise Refused(_("The launch must be in the future."))
    _require_end_after(times, times.launch_at)
    return replace(times, published_at=now)


def unschedule(times: PageTimes, now: datetime) -> PageTimes:
    """Make a scheduled page a draft again."""
    _require(times, now, State.SCHEDULED)
    return replace(times, published_at=None)


def pause(times: PageTimes, now: datetime, *, moves_deadline: bool) -> PageTimes:
    """Stop orders on an active page; with `moves_deadline` the page's clock stops too."""
    _require(times, now, State.ACTIVE)
    return replace(times, paused_at=now, pause_moves_deadline=moves_deadline)


def resume(times: PageTimes, now: datetime) -> PageTimes:
    """Let a paused page run on; a pause that moves the deadline adds its length to it."""
    _require(times, now, State.PAUSED)
    expires_at = times.expires_at
    if times.pause_moves_deadline and expires_at and times.paused_at:
        expires_at += now - times.paused_at
    return replace(times, paused_at=None, pause_moves_deadline=False, expires_at=expires_at)


def extend(times: PageTimes, until: datetime, now: datetime) -> PageTimes:
    """Move the deadline of a published page to a later moment."""
    _require(times, now, State.SCHEDULED, State.ACTIVE, State.PAUSED)
    if times.expires_at is not None and until <= times.expires_at:
        raise Refused(_("The new end must be later than the present one."))
    if until <= now:
        raise Refused(_("The end must be in the future."))
    return replace(times, expires_at=until)


def end(times: PageTimes, now: datetime) -> PageTimes:
    """End an active or paused page now, for good."""
    _require(times, now, State.ACTIVE, State.PAUSED)
    return replace(times, ended_at=now)


def _require_end_after(times: PageTimes, start: datetime) -> None:
    if times.expires_at is None:
        raise Refused(_("Please set when the page ends."))
    if times.expires_at <= start:
        raise Refused(_("The end must be after the launch."))
