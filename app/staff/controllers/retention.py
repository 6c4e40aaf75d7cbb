"""`/console/staff/retention`: what is kept for how long, what the daily job let go, and what it would now."""

from datetime import datetime
from typing import Any

from litestar import Response, get, post
from litestar.di import NamedDependency as Named

from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.rendering import fragments, is_htmx, page, redirect
from app.core.settings import get_settings
from app.privacy import retaining
from app.privacy.retaining import Report
from app.privacy.rules import all_rules
from app.staff import acting
from app.staff.controllers.area import HOME, Request_, StaffController
from app.staff.noting import Actor

PATH = f"{HOME}/retention"


class RetentionController(StaffController):
    path = PATH

    @get()
    async def show(self, request: Request_) -> Response[str]:
        return page(request, "staff/retention.html", **await _context())

    @post("/dry-run", status_code=200)
    async def look(self, request: Request_, now: Named[datetime]) -> Response[str]:
        """What would go now. Nothing changes."""
        context = await _context(await retaining.look(now))
        if is_htmx(request):
            return fragments(request, ("privacy/_retention.html", context))
        return page(request, "staff/retention.html", **context)

    @post("/runs", status_code=200)
    async def run(self, request: Request_, actor: Named[Actor]) -> Response[str]:
        report = await acting.run_retention(actor)
        toast = _("Something went wrong: see the report.")
        if not report.failed:
            toast = ngettext(
                "%(num)s thing was let go.", "%(num)s things were let go.", report.total
            )
        if not is_htmx(request):
            return redirect(request, PATH, toast=toast)
        return fragments(request, ("privacy/_retention.html", await _context()), toast=toast)


async def _context(dry: Report | None = None) -> dict[str, Any]:
    settings = get_settings()
    return {
        "rules": [(rule, rule.term(settings)) for rule in all_rules()],
        "dry": {line.rule: line for line in dry.lines} if dry else None,
        "reports": await retaining.latest(),
    }
