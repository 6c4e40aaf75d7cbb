"""`/console/account/data`: everything that is kept about oneself, as a file."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from litestar.response import Redirect

from app.auth.limiting import limit_account, limit_exports
from app.auth.viewer import Viewer
from app.core.errors import TooManyRequests
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import fragments, is_htmx, page, redirect
from app.core.settings import get_settings
from app.privacy import exporting
from app.privacy.ending import open_erasure

Request_ = Request[Any, Any, Any]

PATH = "/console/account/data"
RATE = "5/day"
EXPORTS = "privacy/_exports.html"


class OwnDataController(Controller):
    path = PATH

    @get()
    async def show(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        erasure = await open_erasure(viewer.user_id)
        return page(request, "privacy/data.html", erasure=erasure, **await _context(viewer, now))

    @get("/state")
    async def state(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """How far it is, for the page that waits."""
        return fragments(request, (EXPORTS, await _context(viewer, now)))

    @post("/exports", status_code=200)
    async def ask(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        try:
            await limit_account(request, "own-data", RATE, viewer.user_id)
        except TooManyRequests as error:
            problem = _(
                "You asked several times today. Please fetch one of these, or ask tomorrow."
            )
            context = await _context(viewer, now, problem)
            if is_htmx(request):
                return fragments(request, (EXPORTS, context), status=error.status)
            context["erasure"] = await open_erasure(viewer.user_id)
            return page(request, "privacy/data.html", status=error.status, **context)
        asked = await exporting.ask(viewer, now, client_address(request))
        toast = _("It is being put together.") if asked else _("It is under way already.")
        if not is_htmx(request):
            return redirect(request, PATH, toast=toast)
        return fragments(request, (EXPORTS, await _context(viewer, now)), toast=toast)

    @get("/exports/{export_id:uuid}/file")
    async def file(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        export_id: FromPath[UUID],
    ) -> Redirect:
        """Lead to the file, for its owner alone and for a few minutes."""
        await limit_exports(request, viewer.user_id)
        url = await exporting.address_of(viewer, export_id, now, client_address(request))
        return Redirect(url, status_code=303, headers={"Cache-Control": "no-store"})


async def _context(viewer: Viewer, now: datetime, problem: str = "") -> dict[str, Any]:
    return {
        "viewer": viewer,
        "exports": await exporting.exports_of(viewer.user_id),
        "kept_days": get_settings().retention_export_days,
        "problem": problem,
    }
