"""GET /media/{token}: pictures for visitors."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.storage.media import MEDIA_TYPE, etag_of, key_of, load_picture

FOR_EVER = "public, max-age=31536000, immutable"


class MediaController(Controller):
    """Preview pictures under signed addresses that never change."""

    path = "/media"

    @get("/{token:str}")
    async def show(
        self, request: Request[Any, Any, Any], token: FromPath[str], now: Named[datetime]
    ) -> Response[bytes]:
        key = key_of(token, now)
        headers = {"ETag": etag_of(key), "Cache-Control": FOR_EVER}
        if request.headers.get("if-none-match") == headers["ETag"]:
            return Response(b"", status_code=304, headers=headers)
        data = await load_picture(key)
        return Response(data, media_type=MEDIA_TYPE, headers=headers)


controllers = [MediaController]
