"""Puts the viewer into each request's scope, and renews a session's tokens on the way when they are due."""

from datetime import datetime
from typing import Any, cast

from litestar import Request
from litestar.datastructures import Cookie, MutableScopeHeaders
from litestar.types import ASGIApp, Message, Receive, Scope, Send

from app.auth import tokens
from app.auth.cookies import cookie_name, no_session_cookies, session_cookies
from app.auth.sessions import is_newest, rotate
from app.auth.viewer import Viewer
from app.auth.viewing import load_viewer
from app.core.clock import utc_now
from app.core.head_requests import is_head
from app.core.ratelimit import client_address
from app.core.zones import UTC_NAME, reader_zone

# Visitors' addresses never know a viewer: they answer everyone with the same bytes and ask no database who it is.
ANONYMOUS = (
    "/static/", "/media/", "/webhooks/", "/healthz", "/readyz", "/metrics", "/favicon",
    "/p/", "/d/", "/download", "/api/", "/orders/",
)  # fmt: skip


class ViewerMiddleware:
    """Sets `scope["viewer"]` to a Viewer or None, and the zone that times are shown in to the viewer's."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["path"].startswith(ANONYMOUS):
            await self.app(scope, receive, send)
            return
        viewer, cookies = await recognize(Request[Any, Any, Any](scope), utc_now())
        cast(dict[str, Any], scope)["viewer"] = viewer
        zone = reader_zone.set((viewer.zone if viewer else "") or UTC_NAME)
        try:
            await self.app(scope, receive, _setting(send, cookies) if cookies else send)
        finally:
            reader_zone.reset(zone)


async def recognize(
    request: Request[Any, Any, Any], now: datetime
) -> tuple[Viewer | None, list[Cookie]]:
    """Return who sent the request, and the cookies to set on its answer.

    A good access token is checked against its session, so that an ended one stops at once. Without one, the refresh
    token is exchanged.
    """
    claims = tokens.read("access", request.cookies.get(cookie_name("access"), ""), now)
    if claims is not None and not claims.expired:
        viewer = await load_viewer(claims.session_id, claims.user_id, now)
        if viewer is not None:
            return viewer, []
    refresh = request.cookies.get(cookie_name("refresh"))
    if not refresh:
        return None, []
    if is_head():
        return await _unchanged(refresh, now), []
    renewed = await rotate(refresh, now, client_address(request))
    if renewed is None:
        return None, no_session_cookies()
    read = tokens.read("access", renewed.access, now)
    viewer = await load_viewer(renewed.session_id, read.user_id, now) if read else None
    return viewer, session_cookies(renewed)


async def _unchanged(refresh: str, now: datetime) -> Viewer | None:
    """Return who may exchange a refresh token, which stays good: HEAD uses nothing up."""
    claims = tokens.read("refresh", refresh, now)
    if claims is None or claims.expired or not await is_newest(claims, now):
        return None
    return await load_viewer(claims.session_id, claims.user_id, now)


def _setting(send: Send, cookies: list[Cookie]) -> Send:
    async def send_with_cookies(message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = MutableScopeHeaders.from_message(message)
            # A handler that logs in or out has the last word.
            own = f"{cookie_name('access')}="
            if not any(value.startswith(own) for value in headers.getall("set-cookie", [])):
                for cookie in cookies:
                    headers.add("set-cookie", cookie.to_header(header=""))
        await send(message)

    return send_with_cookies
