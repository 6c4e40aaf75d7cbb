"""What a creator may want to change after a rehearsal."""

from dataclasses import dataclass

from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.settings import get_settings
from app.payments.rehearsing import Payments
from app.rehearsal.counting import Report
from app.rehearsal.course import Outcome, Refusal
from app.rehearsal.wording import milliseconds

# A step that keeps one of twenty waiting for longer is worth a word.
SLOW_MILLISECONDS = 2000
SCARCE = (Refusal.SOLD_OUT, Refusal.HELD, Refusal.TOO_FEW, Refusal.CLOSED)


@dataclass(frozen=True)
class Advice:
    """A sentence and its tone: good, warn, bad or info."""

    tone: str
    words: str


def advise(report: Report, sells: bool) -> list[Advice]:
    """Return what the report means, what matters most first."""
    return [
        *_exactness(report),
        *_scarcity(report, sells),
        *_plan(report),
        *_baskets(report, sells),
        *_payments(report),
        *_speed(report),
    ]


def _exactness(report: Report) -> list[Advice]:
    if report.oversold:
        return [Advice("bad", _("%(n)s more were given away than there are.", n=report.oversold))]
    if report.broken:
        names = ", ".join(report.broken)
        return [Advice("bad", _("Figures disagree: %(names)s.", names=names))]
    return [Advice("good", _("Nothing was given away twice, and every figure adds up."))]


def _scarcity(report: Report, sells: bool) -> list[Advice]:
    away = sum(report.refused.get(reason, 0) for reason in SCARCE) + report.count(Outcome.WAITING)
    if report.capacity is None:
        return []
    if away:
        said = ngettext(
            "%(num)s of %(all)s will be turned away at this capacity.",
            "%(num)s of %(all)s will be turned away at this capacity.",
            away,
            all=report.asked,
        )
        more = _("Offer more pieces, or fewer to each buyer.") if sells else _("Offer more places.")
        return [Advice("warn", f"{said} {more}"), *_left_over(report, report.capacity)]
    return _left_over(report, report.capacity)


def _left_over(report: Report, capacity: int) -> list[Advice]:
    """Say what nobody took, and why: nobody wanted it, or those who came wanted more at once than there was."""
    left = capacity - report.given
    if not left or report.count(Outcome.RESERVED) or report.count(Outcome.WAITING):
        return []
    said = _("%(n)s of %(all)s were left over.", n=left, all=capacity)
    if report.refused.get(Refusal.TOO_FEW):
        said += " " + _("Who still came wanted more at once than were left.")
    return [Advice("info", said)]


def _plan(report: Report) -> list[Advice]:
    refused = report.refused.get(Refusal.PLAN, 0)
    if not refused:
        return []
    said = ngettext(
        "%(num)s person was turned away because your plan allows no more registrations on a page.",
        "%(num)s people were turned away because your plan allows no more registrations on a page.",
        refused,
    )
    return [Advice("warn", said)]


def _baskets(report: Report, sells: bool) -> list[Advice]:
    found: list[Advice] = []
    if sells and report.count(Outcome.LEFT):
        minutes = get_settings().hold_minutes
        said = ngettext(
            "%(num)s basket was never paid and kept its pieces from others for %(minutes)s minutes.",
            "%(num)s baskets were never paid and kept their pieces from others for %(minutes)s minutes.",
            report.count(Outcome.LEFT),
            minutes=minutes,
        )
        found.append(Advice("info", said))
    if report.returned:
        said = ngettext(
            "%(num)s person found everything in other baskets, came back later and bought.",
            "%(num)s people found everything in other baskets, came back later and bought.",
            report.returned,
        )
        found.append(Advice("info", said))
    if report.claimed:
        said = ngettext(
            "%(num)s person got a place from the waitlist after a cancellation.",
            "%(num)s people got a place from the waitlist after a cancellation.",
            report.claimed,
        )
        found.append(Advice("info", said))
    return found


def _payments(report: Report) -> list[Advice]:
    failed = report.refused.get(Refusal.PAYMENT, 0)
    if failed:
        return [Advice("bad", _("%(n)s payments failed: does Stripe answer?", n=failed))]
    if report.count(Outcome.RESERVED) and report.payments == Payments.NONE:
        words = _("Nothing was paid: paying is only rehearsed on the sandbox or with a test key.")
        return [Advice("info", words)]
    return []


def _speed(report: Report) -> list[Advice]:
    if report.p95 < SLOW_MILLISECONDS:
        return []
    took = milliseconds(report.p95)
    words = _("One of twenty waited for %(time)s or longer. Fewer at a time are faster.", time=took)
    return [Advice("warn", words)]
