"""What the report's templates take, put together once for the page and its fragment."""

from collections.abc import Sequence
from typing import Any

from app.analytics import presenting
from app.analytics.asking import Asked
from app.analytics.periods import CUSTOM, LAST_HOURS
from app.analytics.reporting import Report
from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.core.forms import Form
from app.core.i18n import gettext as _
from app.pages.overview import PageBrief

# So many places where visitors came from are shown; the CSV has all.
MOST_OTHERS = 12


def report_context(
    viewer: Viewer,
    asked: Asked,
    report: Report,
    form: Form[Any],
    pages: Sequence[PageBrief],
) -> dict[str, Any]:
    """What `analytics/_report.html` takes."""
    total = report.total
    return {
        "asked": asked,
        "report": report,
        "form": form,
        "pages": pages,
        "page": report.pages[0] if asked.fixed else None,
        "ranges": range_words(),
        "custom": CUSTOM,
        "total": total,
        "sells": any(each.sells for each in report.pages),
        "collects": any(not each.sells for each in report.pages),
        "currencies": presenting.currencies(total),
        "names": presenting.names_of(report.period),
        "charts": presenting.charts_of(report),
        "funnels": [presenting.funnel(report, sells=sells) for sells in (True, False)],
        "by_page": report.ranked_pages(),
        "others": report.others()[:MOST_OTHERS],
        "others_left": max(len(report.others()) - MOST_OTHERS, 0),
        "may_export": viewer.can(Permission.EXPORT),
        "number": presenting.number,
        "percent": presenting.percent,
        "changed": presenting.changed,
        "source_name": presenting.source_name,
    }


def range_words() -> list[tuple[str, str]]:
    return [
        (LAST_HOURS, _("24 hours")),
        ("7d", _("7 days")),
        ("30d", _("30 days")),
        ("90d", _("90 days")),
        (CUSTOM, _("Own days")),
    ]
