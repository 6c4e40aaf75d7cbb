"""What a countdown does: it counts to its target, then acts in every open browser and for everyone who comes later."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, cast

from app.core.i18n import gettext as _
from app.pages.lifecycle import PageTimes
from app.pages.phases import Phase
from app.pages.types.base import Acceptance, Moment, Noticed
from app.pages.types.countdown.settings import CountdownSettings, Redirect, ShowForm

if TYPE_CHECKING:
    from app.pages.viewing import PageView

FOLDER = "pages/countdown"
COUNTING, REACHED = "counting", "reached"


def _own(view: PageView) -> CountdownSettings:
    return cast(CountdownSettings, view.page.settings)


def target_of(view: PageView) -> datetime | None:
    """Return the moment the page counts to, or None while its clock stands still."""
    return _own(view).target(view.page.times)


def situation(view: PageView) -> str:
    """Return whether the target was reached; a page that was ended before never reaches it."""
    target, ended = target_of(view), view.page.times.ended_at
    reached = target is not None and view.now >= target and (ended is None or ended >= target)
    return REACHED if reached and view.phase is not Phase.SCHEDULED else COUNTING


def moments(settings: CountdownSettings, times: PageTimes) -> tuple[Moment, ...]:
    target = settings.target(times)
    return (Moment(REACHED, target),) if target is not None else ()


def redirect(view: PageView) -> str | None:
    """Return where the target sends visitors, until an afterlife of its own follows at the page's later end."""
    own = _own(view)
    if view.situation != REACHED or not isinstance(own.at_zero, Redirect):
        return None
    later = own.target_at is not None and own.target_at != view.ended_at
    if view.phase is Phase.EXPIRED and later and view.page.afterlife.action != "message":
        return None
    return own.at_zero.url


def addresses(settings: CountdownSettings) -> list[str]:
    return [settings.at_zero.url] if isinstance(settings.at_zero, Redirect) else []


def accepts(view: PageView) -> Acceptance:
    own = _own(view)
    if view.phase is Phase.SCHEDULED:
        return Acceptance.SOON if own.asks else Acceptance.NEVER
    if not own.asks:
        return Acceptance.NEVER
    if view.phase in (Phase.EXPIRED, Phase.DRAFT):
        return Acceptance.CLOSED
    if view.phase is Phase.PAUSED:
        return Acceptance.PAUSED
    reached = view.situation == REACHED
    shut = reached and not isinstance(own.at_zero, ShowForm)
    return Acceptance.CLOSED if shut else Acceptance.OPEN


def moved(settings: CountdownSettings, by: timedelta) -> CountdownSettings:
    """Move the target with the page's clock."""
    if settings.target_at is None:
        return settings
    return settings.model_copy(update={"target_at": settings.target_at + by})


def again(settings: CountdownSettings) -> CountdownSettings:
    return settings.model_copy(update={"target_at": None})


def noticeable(before: CountdownSettings, after: CountdownSettings) -> list[Noticed]:
    if before.target_at == after.target_at or not before.target_at or not after.target_at:
        return []
    return [Noticed("target", before.target_at.isoformat(), after.target_at.isoformat())]


def check(settings: CountdownSettings, times: PageTimes) -> list[tuple[str, str]]:
    target, end = settings.target_at, times.expires_at
    if target is not None and times.launch_at is not None and target <= times.launch_at:
        return [("target_at", _("The target must be after the launch."))]
    if target is not None and end is not None and target > end:
        return [("target_at", _("The target must not be after the end of the page."))]
    if isinstance(settings.at_zero, ShowForm) and (target is None or target == end):
        return [("target_at", _("The form needs time: let the page end later than the countdown."))]
    return []


def incomplete(settings: CountdownSettings) -> str:
    if isinstance(settings.at_zero, ShowForm) and not settings.asks:
        return _("Please choose how people can sign up, by e-mail or by text message.")
    return ""


def updates(view: PageView) -> list[tuple[str, dict[str, Any]]]:
    """Return the small fragments that a live update swaps."""
    if view.phase is Phase.EXPIRED:
        return []
    return [(f"{FOLDER}/_clock.html", {}), ("pages/_changes.html", {})]
