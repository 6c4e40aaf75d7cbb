"""Puts what is to be told about the plan into the scope of each console page, for the layout to show."""

from typing import Any, cast

from litestar.types import ASGIApp, Receive, Scope, Send

from app.auth.viewer import Viewer
from app.billing.banners import banners_for
from app.core.clock import utc_now

CONSOLE = "/console"
HTMX = (b"hx-request", b"true")


class BannerMiddleware:
    """Sets `scope["banners"]` on whole pages of the console; stands behind the middleware that finds the viewer."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].startswith(CONSOLE):
            viewer = cast(Viewer | None, scope.get("viewer"))
            if viewer is not None and HTMX not in scope["headers"]:
                found = await banners_for(viewer, utc_now())
                cast(dict[str, Any], scope)["banners"] = found
        await self.app(scope, receive, send)
