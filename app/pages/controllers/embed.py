"""What other sites ask for: the script that makes the frame, and what is in it."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.core.assets import load_asset
from app.core.errors import NotFound
from app.core.ids import is_short_id
from app.core.rendering import HTML
from app.pages.answering import clock_header
from app.pages.controllers.signed import source_of
from app.pages.embedding import PUBLIC, frame_headers, may_embed
from app.pages.public import cache
from app.pages.visitors import visits

Request_ = Request[Any, Any, Any]

# The address never changes, so a new version must be asked for; an hour is soon enough.
SCRIPT_CACHE = "public, max-age=3600"


class EmbedController(Controller):
    @get("/embed.js", media_type="text/javascript")
    async def script(self, request: Request_) -> Response[bytes]:
        asset = load_asset("js/embed.js")
        body, encoding = asset.body.best(request.headers.get("accept-encoding", ""))
        headers = {**PUBLIC, "Cache-Control": SCRIPT_CACHE, "Vary": "Accept-Encoding"}
        headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        if encoding:
            headers["Content-Encoding"] = encoding
        return Response(body, media_type="text/javascript", headers=headers)

    @get("/p/{short_id:str}/embed")
    async def frame(
        self, request: Request_, short_id: FromPath[str], now: Named[datetime]
    ) -> Response[bytes]:
        """The page's clock, stock and way in, for a frame. It reads this address again when the page's stage changes."""
        if not is_short_id(short_id):
            raise NotFound
        shown = await cache.get(short_id, now, source_of(request, short_id, now))
        if not await may_embed(shown.page.organization_id):
            raise NotFound
        if shown.status == 200:
            visits.look(shown.page, request.scope, now, framed=True)
        body, encoding = shown.embedded.best(request.headers.get("accept-encoding", ""))
        headers = {**frame_headers(), "Cache-Control": "no-cache", "Vary": "Accept-Encoding"}
        headers |= dict([clock_header(now), ("X-Robots-Tag", "noindex")])
        if encoding:
            headers["Content-Encoding"] = encoding
        # Whatever became of the page, other sites show a frame of ours, never a browser's error.
        status = 410 if shown.gone else 200
        return Response(body, status_code=status, media_type=HTML, headers=headers)
