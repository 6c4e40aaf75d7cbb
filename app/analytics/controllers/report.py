"""/console/analytics: what pages were seen and what came of it, for all of a group's pages, or one; and as CSV."""

from collections.abc import Sequence
from datetime import datetime
from functools import partial
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from litestar.response import Stream

from app.analytics.asking import Asked, read_asked, zone_of
from app.analytics.controllers.views import report_context
from app.analytics.exporting import export_report
from app.analytics.periods import DEFAULT, Period, last_days, read_period
from app.analytics.reporting import make_report
from app.auth.limiting import limit_exports
from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import BadRequest, NotFound
from app.core.forms import FieldError, Form
from app.core.rendering import fragments, is_htmx, page
from app.core.replica import replica
from app.pages.overview import PageBrief, brief_of, briefs_of

Request_ = Request[Any, Any, Any]

see = [requires(Permission.SEE_ANALYTICS)]


class ReportController(Controller):
    path = "/console/analytics"
    guards = see

    @get()
    async def index(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        pages = await briefs_of(viewer.group_id)
        asked = read_asked("/console/analytics", request.query_params)
        return await _show(request, viewer, asked, _chosen(pages, asked), now, pages)

    @get("/export.csv", guards=[requires(Permission.EXPORT)])
    async def export(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Stream:
        await limit_exports(request, viewer.user_id)
        pages = await briefs_of(viewer.group_id)
        asked = read_asked("/console/analytics", request.query_params)
        chosen = _chosen(pages, asked)
        try:
            period = read_period(asked.query, zone_of(chosen, viewer), now)
        except FieldError as error:
            raise BadRequest(error.message) from None
        headers = {
            "Content-Disposition": f'attachment; filename="analytics-{period.first}-{period.last}.csv"',
            "Cache-Control": "no-store",
        }
        return Stream(export_report(chosen, period), media_type="text/csv", headers=headers)


class PageReportController(Controller):
    path = "/console/pages/{page_id:uuid}/analytics"
    guards = see

    @get()
    async def show(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        found = await brief_of(page_id, viewer.group_id)
        asked = read_asked(f"/console/pages/{page_id}/analytics", request.query_params, page_id)
        return await _show(request, viewer, asked, [found], now)


def _chosen(pages: Sequence[PageBrief], asked: Asked) -> Sequence[PageBrief]:
    """Return the page that was asked for, or all. Raises NotFound for one that isn't the group's."""
    if asked.page_id is None:
        return pages
    found = [each for each in pages if each.id == asked.page_id]
    if not found:
        raise NotFound
    return found


async def _show(
    request: Request_,
    viewer: Viewer,
    asked: Asked,
    chosen: Sequence[PageBrief],
    now: datetime,
    pages: Sequence[PageBrief] = (),
) -> Response[str]:
    zone = zone_of(chosen, viewer)
    period, form, status = _period(asked, zone, now)
    report = await replica.read(partial(make_report, chosen, period))
    context = report_context(viewer, asked, report, form, pages)
    if is_htmx(request):
        return fragments(request, ("analytics/_report.html", context), status=status)
    return page(request, "analytics/show.html", status=status, **context)


def _period(asked: Asked, zone: str, now: datetime) -> tuple[Period, Form[Any], int]:
    """Return the period, the form of its days, and the status: days that can't be are told, beside the usual report."""
    form: Form[Any] = Form(values=dict(asked.query))
    try:
        period = read_period(asked.query, zone, now)
    except FieldError as error:
        form.take(error)
        return last_days(DEFAULT, zone, now), form, 422
    form.values |= {"from": str(period.first), "to": str(period.last)}
    return period, form, 200
