"""What the people who run the installation see: the invariant report and the dead letters. For others it isn't there."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.viewing import staff_only
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.jobs import dead_letters, retry_dead_letter
from app.core.rendering import fragments, is_htmx, page, redirect
from app.operations import invariants, reporting
from app.operations.wording import title_of

Request_ = Request[Any, Any, Any]

HOME = "/console/operations"
WEEK = timedelta(days=7)
# Job ids are Postgres integers; what is larger can't be one.
LARGEST_JOB = 2**31 - 1


class OperationsController(Controller):
    path = HOME
    guards = [staff_only]

    @get()
    async def show(self, request: Request_, now: Named[datetime]) -> Response[str]:
        context = await _report(now) | await _letters()
        return page(request, "operations/show.html", **context)

    @post("/reports", status_code=200)
    async def check(self, request: Request_, now: Named[datetime]) -> Response[str]:
        """Check and repair now."""
        report = await invariants.keep(now)
        await reporting.store(report)
        toast = _("Everything agrees.") if not report.broken else _("Something needs your look.")
        if not is_htmx(request):
            return redirect(request, HOME, toast=toast)
        return fragments(request, ("operations/_report.html", await _report(now)), toast=toast)

    @post("/dead-letters/{job_id:int}/attempts", status_code=200)
    async def retry(self, request: Request_, job_id: FromPath[int]) -> Response[str]:
        """Queue a job that gave up again."""
        if not 0 < job_id <= LARGEST_JOB or not await retry_dead_letter(job_id):
            raise NotFound
        toast = _("It is queued again.")
        if not is_htmx(request):
            return redirect(request, HOME, toast=toast)
        return fragments(request, ("operations/_dead_letters.html", await _letters()), toast=toast)


async def _report(now: datetime) -> dict[str, Any]:
    return {
        "report": await reporting.latest(),
        "repaired": await reporting.repaired_since(now - WEEK),
        "title_of": title_of,
    }


async def _letters() -> dict[str, Any]:
    return {"letters": await dead_letters()}


controllers = [OperationsController]
