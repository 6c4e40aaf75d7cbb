"""/console/live: a group's open pages as they stand, and the stream that keeps them so."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency as Named
from sse_starlette import EventSourceResponse

from app.analytics.dashboards import PREFIX, live_context
from app.analytics.watching import look
from app.auth.permissions import Permission
from app.auth.sessions import standing_topic
from app.auth.viewer import Viewer
from app.auth.viewing import load_viewer, requires
from app.core.clock import utc_now
from app.core.eventstream import EventStream, Permit
from app.core.live import bus
from app.core.rendering import page
from app.core.settings import get_settings

Request_ = Request[Any, Any, Any]


def permit_of(viewer: Viewer) -> Permit:
    """Return what keeps a stream open: the viewer's session, group and role as they are at each look."""

    async def holds() -> bool:
        if viewer.session_id is None:
            return False
        now = await load_viewer(viewer.session_id, viewer.user_id, utc_now())
        return (
            now is not None
            and now.group_id == viewer.group_id
            and now.can(Permission.SEE_ANALYTICS)
        )

    return Permit(standing_topic(viewer.user_id), holds)


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
        """The event stream. It ends with the session and with the role, and with what an access token is good for."""
        seconds = get_settings().access_token_minutes * 60.0
        return EventStream(bus, f"{PREFIX}:{viewer.group_id}", seconds, permit_of(viewer))
