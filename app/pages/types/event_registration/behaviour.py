"""What an event does: it takes registrations while there are places, closes, takes place, and is over."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

from app.core.i18n import gettext as _
from app.pages.lifecycle import PageTimes
from app.pages.phases import Phase
from app.pages.types.base import Acceptance, Moment, Noticed
from app.pages.types.event_registration.settings import EventSettings

if TYPE_CHECKING:
    from app.pages.viewing import PageView

FOLDER = "pages/event_registration"
BEFORE, CLOSED, RUNNING, OVER = "before", "closed", "started", "over"
TAKEN = (Phase.HELD, Phase.SOLD_OUT)
SHOWN_LENGTH = 80


def _own(view: PageView) -> EventSettings:
    return cast(EventSettings, view.page.settings)


def moments(settings: EventSettings, _times: PageTimes) -> tuple[Moment, ...]:
    found = (
        (CLOSED, settings.closes_at if settings.closes_at != settings.starts_at else None),
        (RUNNING, settings.starts_at),
        (OVER, settings.ends_at),
    )
    return tuple(Moment(name, at) for name, at in found if at is not None)


def situation(view: PageView) -> str:
    """Return how far the event is, and before it closes whether there are places."""
    passed = [each.name for each in moments(_own(view), view.page.times) if view.now >= each.at]
    return passed[-1] if passed else accepts(view).value


def accepts(view: PageView) -> Acceptance:
    closing = _own(view).closing
    if view.phase in (Phase.EXPIRED, Phase.DRAFT) or (closing and view.now >= closing):
        return Acceptance.CLOSED
    if view.phase is Phase.SCHEDULED:
        return Acceptance.SOON
    if view.phase is Phase.PAUSED:
        return Acceptance.PAUSED
    if view.phase in TAKEN:
        return Acceptance.WAITLIST if _own(view).waitlist else Acceptance.FULL
    return Acceptance.OPEN


def again(settings: EventSettings) -> EventSettings:
    return settings.model_copy(update={"starts_at": None, "ends_at": None, "closes_at": None})


def noticeable(before: EventSettings, after: EventSettings) -> list[Noticed]:
    times = [
        Noticed(kind, was.isoformat(), now.isoformat())
        for kind, was, now in (
            ("starts", before.starts_at, after.starts_at),
            ("ends", before.ends_at, after.ends_at),
            ("closes", before.closing, after.closing),
        )
        if was and now and was != now
    ]
    was, now = _place(before), _place(after)
    return times + ([Noticed("place", was, now)] if was != now else [])


def _place(settings: EventSettings) -> str:
    # Never the link: the change log is public.
    return " ".join(settings.address.split())[:SHOWN_LENGTH] or _("Online")


def check(settings: EventSettings, times: PageTimes) -> list[tuple[str, str]]:
    if settings.closing and times.launch_at and settings.closing <= times.launch_at:
        field = "closes_at" if settings.closes_at else "starts_at"
        return [(field, _("Registration must close after the launch."))]
    if settings.ends_at and times.expires_at and times.expires_at < settings.ends_at:
        return [("ends_at", _("The page must not end before the event."))]
    return []


def incomplete(settings: EventSettings) -> str:
    if settings.starts_at is None or settings.ends_at is None:
        return _("Please set when the event starts and ends.")
    if settings.place.kind == "physical" and not settings.address:
        return _("Please enter where the event takes place.")
    return ""


def updates(view: PageView) -> list[tuple[str, dict[str, Any]]]:
    """Return the small fragments that a live update swaps. Never the fields of the form."""
    if view.phase is Phase.EXPIRED:
        return []
    return [
        (f"{FOLDER}/_clock.html", {}),
        (f"{FOLDER}/_count.html", {}),
        ("pages/_changes.html", {}),
    ]
