"""What the report's templates take: charts, the steps from a visit to an order, numbers as people write them."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from zoneinfo import ZoneInfo

from babel.numbers import format_decimal, format_percent, get_currency_precision

from app.analytics.charts import Chart, Series, bar_chart
from app.analytics.figures import Figures, change
from app.analytics.periods import Period
from app.analytics.reporting import Report
from app.core import i18n
from app.core.dates import format_date, format_skeleton, format_time
from app.core.i18n import gettext as _
from app.core.money import format_money
from app.pages.sources import OTHERS, Kind, Source

# A chart for each; who sells in more sees them all in the table.
MOST_CURRENCIES = 3
NOTHING, MINUS = "\u2013", "\u2212"


def number(value: int) -> str:
    return format_decimal(value, locale=i18n.current_language.get())


def percent(share: float | None) -> str:
    """Write a share in per cent, a dash when there is none."""
    if share is None:
        return NOTHING
    return format_percent(round(share, 1) / 100, "#,##0.#%", locale=i18n.current_language.get())


def clock(moment: datetime, zone: str, form: Literal["short", "medium"] = "short") -> str:
    """Write the time of day, to the minute or to the second."""
    return format_time(moment, form, ZoneInfo(zone), i18n.current_language.get())


def money(currency: str) -> Callable[[int], str]:
    return lambda amount: format_money(amount, currency, i18n.current_language.get())


@dataclass(frozen=True)
class Step:
    """One step on the way from a visit to an order. `share` is of those one step before; `of` says whose."""

    label: str
    count: int
    top: int
    share: float | None = None
    of: str = ""


def funnel(report: Report, *, sells: bool) -> list[Step]:
    """Return the way to an order on the pages that sell, or to a sign-up; empty when nobody set out."""
    figures = report.of_sellers(sells=sells)
    visitors, checkouts, gained = figures.visitors, figures.checkouts, figures.gained
    if not (visitors or checkouts or gained):
        return []
    top = max(visitors, checkouts, gained)
    first = Step(_("Visitors"), visitors, top)
    if not sells:
        return [first, Step(_("Sign-ups"), gained, top, _share(gained, visitors), _("of visitors"))]
    return [
        first,
        Step(_("Checkouts"), checkouts, top, _share(checkouts, visitors), _("of visitors")),
        Step(_("Orders"), gained, top, _share(gained, checkouts), _("of checkouts")),
    ]


def _share(part: int, whole: int) -> float | None:
    return min(100 * part / whole, 100.0) if whole else None


def charts_of(report: Report) -> list[Chart]:
    """Return the drawings of a report: visits always, and of the rest what there is."""
    period, parts, total = report.period, report.by_time, report.total
    names, labels = names_of(period), labels_of(period)
    views = Series(_("Views"), "views", [part.views for part in parts])
    visitors = Series(_("Visitors"), "visitors", [part.visitors for part in parts])
    found = [bar_chart("visits", _("Views and visitors"), names, labels, (views, visitors), number)]
    if total.orders:
        orders = Series(_("Orders"), "orders", [part.orders for part in parts])
        found.append(bar_chart("orders", _("Orders"), names, labels, (orders,), number))
    for currency in currencies(total)[:MOST_CURRENCIES]:
        found.append(_revenue(report, currency, names, labels))
    if total.signups:
        signups = Series(_("Sign-ups"), "signups", [part.signups for part in parts])
        found.append(bar_chart("signups", _("Sign-ups"), names, labels, (signups,), number))
    return found


def _revenue(report: Report, currency: str, names: list[str], labels: list[str]) -> Chart:
    nets = [
        part.revenue[currency].net if currency in part.revenue else 0 for part in report.by_time
    ]
    title = _("Revenue in %(currency)s", currency=currency)
    unit = 10 ** get_currency_precision(currency)
    series = (Series(_("Revenue"), "revenue", nets),)
    return bar_chart(f"revenue-{currency}", title, names, labels, series, money(currency), unit)


def currencies(figures: Figures) -> list[str]:
    """Return the currencies in which something was paid, the most used first; free orders have none."""
    paid = {
        currency: takings.gross for currency, takings in figures.revenue.items() if takings.gross
    }
    return sorted(paid, key=lambda currency: (-paid[currency], currency))


def names_of(period: Period) -> list[str]:
    """Return each part's name in full."""
    return [_named(start, period, short=False) for start, _end in period.parts]


def labels_of(period: Period) -> list[str]:
    return [_named(start, period, short=True) for start, _end in period.parts]


def _named(moment: datetime, period: Period, *, short: bool) -> str:
    locale, local = i18n.current_language.get(), moment.astimezone(ZoneInfo(period.zone))
    if period.unit == "hour":
        told = clock(moment, period.zone)
        return told if short else f"{format_skeleton('MMMd', local, locale=locale)}, {told}"
    if short:
        return format_skeleton("EEEd" if len(period.parts) == 7 else "MMMd", local, locale=locale)
    day = format_date(local, "medium", locale)
    return _("Week from %(day)s", day=day) if period.unit == "week" else day


def source_name(source: Source) -> str:
    """Return what a source is called."""
    known = source.name if source.name != OTHERS else _("Others")
    return {
        Kind.DIRECT: _("Direct, or not said"),
        Kind.FRAME: _("Frame on %(site)s", site=known) if known else _("Frame on another site"),
        Kind.CAMPAIGN: _("Campaign “%(name)s”", name=known),
    }.get(source.kind, known)


def changed(now: int, before: int) -> tuple[str, str] | None:
    """Return how a figure compares with the time before, as words and a tone; None when there is nothing to compare."""
    by = change(now, before)
    if by is None:
        return None
    sign = "+" if by > 0 else MINUS if by < 0 else "±"
    tone = "good" if by > 0 else "bad" if by < 0 else ""
    return _("%(sign)s%(by)s %% to the time before", sign=sign, by=number(abs(by))), tone
