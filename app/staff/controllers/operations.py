"""`/console/staff/operations`: the invariant report and the dead letters."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.jobs import dead_letters
from app.core.rendering import GOOD, WARN, fragments, is_htmx, page, redirect
from app.operations import reporting
from app.operations.wording import title_of
from app.staff import acting
from app.staff.controllers.area import HOME, Request_, StaffController
from app.staff.noting import Actor

PATH = f"{HOME}/operations"
WEEK = timedelta(days=7)
# Job ids are Postgres integers; what is larger can't be one.
LARGEST_JOB = 2**31 - 1


class OperationsController(StaffController):
    path = PATH

    @get()
    async def show(self, request: Request_, now: Named[datetime]) -> Response[str]:
        context = await _report(now) | await _letters()
        return page(request, "staff/operations.html", **context)

    @post("/reports", status_code=200)
    async def check(self, request: Request_, actor: Named[Actor]) -> Response[str]:
        """Check and repair now."""
        report = await acting.check_invariants(actor)
        toast, tone = _("Everything agrees."), GOOD
        if report.broken:
            toast, tone = _("Something needs your look."), WARN
        if not is_htmx(request):
            return redirect(request, PATH, toast=toast, tone=tone)
        context = await _report(actor.now)
        return fragments(request, ("operations/_report.html", context), toast=toast, tone=tone)

    @post("/dead-letters/{job_id:int}/attempts", status_code=200)
    async def retry(
        self, request: Request_, actor: Named[Actor], job_id: FromPath[int]
    ) -> Response[str]:
        """Queue a job that gave up again."""
        if not 0 < job_id <= LARGEST_JOB:
            raise NotFound
        await acting.retry_job(actor, job_id)
        toast = _("It is queued again.")
        if not is_htmx(request):
            return redirect(request, PATH, toast=toast)
        return fragments(request, ("operations/_dead_letters.html", await _letters()), toast=toast)


async def _report(now: datetime) -> dict[str, Any]:
    return {
        "report": await reporting.latest(),
        "repaired": await reporting.repaired_since(now - WEEK),
        "title_of": title_of,
    }


async def _letters() -> dict[str, Any]:
    return {"letters": await dead_letters()}
