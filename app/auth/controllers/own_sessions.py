"""`/console/account/sessions`: where one is logged in, and ending that."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post, route
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.controllers.answers import AnyRequest
from app.auth.cookies import no_session_cookies, set_cookies
from app.auth.devices import describe_device
from app.auth.sessions import end_session, end_sessions, live_sessions
from app.auth.viewer import Viewer
from app.core.errors import NotFound
from app.core.i18n import gettext as _
from app.core.ids import parse_id
from app.core.ratelimit import client_address
from app.core.rendering import fragments, is_htmx, page, redirect

PATH = "/console/account/sessions"


@dataclass(frozen=True)
class ShownSession:
    """A session in its owner's list."""

    id: UUID
    device: str
    ip: str
    started: datetime
    used: datetime
    current: bool


async def shown_sessions(viewer: Viewer, now: datetime) -> Sequence[ShownSession]:
    """Return the viewer's live sessions, this one first."""
    shown = [
        ShownSession(
            id=row.id,
            device=describe_device(row.user_agent),
            ip=row.ip or "",
            started=row.created_at,
            used=row.rotated_at,
            current=row.id == viewer.session_id,
        )
        for row in await live_sessions(viewer.user_id, now)
    ]
    return sorted(shown, key=lambda session: not session.current)


class OwnSessionsController(Controller):
    path = PATH

    @get()
    async def show(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        return page(request, "auth/sessions.html", **await self._list(viewer, now))

    # POST is what a form without scripts can send.
    @route("/{session_id:str}", http_method=["DELETE", "POST"], status_code=200)
    async def end(
        self,
        request: AnyRequest,
        viewer: Named[Viewer],
        session_id: FromPath[str],
        now: Named[datetime],
    ) -> Response[str]:
        known = parse_id(session_id)
        if known is None or not await end_session(
            known, viewer.user_id, now, "ended", client_address(request)
        ):
            raise NotFound
        if known == viewer.session_id:
            return self._out(request, _("You are logged out."))
        return await self._answer(request, viewer, now, _("That session is ended."))

    @route(http_method=["DELETE", "POST"], status_code=200)
    async def end_others(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        ip = client_address(request)
        await end_sessions(viewer.user_id, now, keep=viewer.session_id, ip=ip)
        return await self._answer(request, viewer, now, _("All other sessions are ended."))

    @post("/everywhere", status_code=200)
    async def end_all(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """End every session, this one too."""
        await end_sessions(viewer.user_id, now, ip=client_address(request))
        return self._out(request, _("You are logged out everywhere."))

    def _out(self, request: AnyRequest, toast: str) -> Response[str]:
        response = redirect(request, "/login", toast=toast)
        set_cookies(response, no_session_cookies())
        return response

    async def _list(self, viewer: Viewer, now: datetime) -> dict[str, Any]:
        return {"sessions": await shown_sessions(viewer, now), "viewer": viewer}

    async def _answer(
        self, request: AnyRequest, viewer: Viewer, now: datetime, toast: str
    ) -> Response[str]:
        if not is_htmx(request):
            return redirect(request, PATH, toast=toast)
        shown = "auth/_sessions.html", await self._list(viewer, now)
        return fragments(request, shown, toast=toast)
