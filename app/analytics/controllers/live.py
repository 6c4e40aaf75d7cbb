"""/console/live: a group's open pages as they stand, and the stream that keeps them so."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency as Named
from sse_starlette import EventSourceResponse

from app.analytics.dashboards import PREFIX, live_context
from app.analytics.watching import look
from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.eventstream import EventStream
from app.core.live import bus
from app.core.rendering import page
from app.core.settings import get_settings

Request_ = Request[Any, Any, Any]


class LiveController(Controller):
    path = "/console/live"
    guards = [requires(Permission.SEE_ANALYTICS)]

    @get()
    async def show(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        return page(
            request, "analytics/live.html", **live_context(await look(viewer.group_id, now))
        )

    @get("/stream")
    async def stream(self, viewer: Named[Viewer]) -> EventSourceResponse:
        """The event stream. It ends with what an access token is good for, so that who may not look any more doesn't."""
        seconds = get_settings().access_token_minutes * 60.0
        return EventStream(bus, f"{PREFIX}:{viewer.group_id}", seconds)
