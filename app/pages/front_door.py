"""Public pages below the router: what is in memory is answered before anything else looks at the request.

In a rush nearly all requests are of this kind. Everything that is not (a page to render first, a signed address, a browser
with a hold of its own) goes on to the router, whose controller gives the same answers.
"""

from collections.abc import Iterable
from datetime import datetime

from litestar.enums import ScopeType
from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from app.core.clock import utc_now
from app.core.rendering import HTML
from app.pages import streaming
from app.pages.public import Answer, PageCache, Shown

PREFIX = "/p/"
LIVE = "live"
BUYER = b"buyer="
CONTENT_TYPE = (b"content-type", f"{HTML}; charset=utf-8".encode())


class FrontDoor:
    """Stands around the router."""

    def __init__(self, app: ASGIApp, pages: PageCache) -> None:
        self.app, self.pages = app, pages

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == ScopeType.HTTP and scope["path"].startswith(PREFIX):
            now = utc_now()
            short_id, _, part = scope["path"].removeprefix(PREFIX).partition("/")
            shown = self.pages.fresh(short_id, now)
            if shown and part == LIVE and shown.status == 200 and scope["method"] == "GET":
                await streaming.event_stream(shown.page.id)(scope, receive, send)  # type: ignore[arg-type]  # Starlette's names for the same
                return
            if shown and not part and (answer := _answer(scope, shown, now)):
                await _send(answer, send)
                return
        await self.app(scope, receive, send)


def _answer(scope: HTTPScope, shown: Shown, now: datetime) -> Answer | None:
    """Return the answer that is the same for everyone, or None when this request may need another."""
    if scope["method"] != "GET" or scope["query_string"]:
        return None
    accepts = knows = ""
    for name, value in scope["headers"]:
        if name == b"cookie" and BUYER in value:
            return None
        if name == b"accept-encoding":
            accepts = value.decode("latin-1")
        elif name == b"if-none-match":
            knows = value.decode("latin-1")
    return shown.answer(accepts, knows, now)


async def _send(answer: Answer, send: Send) -> None:
    headers: Iterable[tuple[bytes, bytes]] = [
        CONTENT_TYPE,
        (b"content-length", b"%d" % len(answer.body)),
        *answer.headers,
    ]
    await send({"type": "http.response.start", "status": answer.status, "headers": headers})
    await send({"type": "http.response.body", "body": answer.body, "more_body": False})
