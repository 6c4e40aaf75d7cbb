"""Public pages below the router: what is in memory is answered before anything else looks at the request.

In a rush nearly all requests are of this kind. Everything that is not (a page to render first, a signed address, a browser
with a hold of its own) goes on to the router, whose controller gives the same answers.
"""

import time

from litestar.types import ASGIApp, HTTPScope, Receive, Scope, Send

from app.core.clock import utc_now
from app.core.middleware import count
from app.core.signing import SIGNATURE
from app.pages import streaming
from app.pages.answering import Answer, Shown, raw_clock
from app.pages.public import PageCache
from app.pages.sources import campaign_of
from app.pages.visiting import Visits

PREFIX = "/p/"
LIVE = "live"
BUYER = b"buyer="
# A query without it is no share link's: others added its parameters, and the page is the same with them.
SIGNED = SIGNATURE.encode()


class FrontDoor:
    """Stands around everything: an answer from memory is the same for all, so it needs no guard and no id."""

    def __init__(self, app: ASGIApp, pages: PageCache, visits: Visits) -> None:
        self.app, self.pages, self.visits = app, pages, visits

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "GET" or scope["path"][:3] != PREFIX:
            await self.app(scope, receive, send)
            return
        started, now = time.perf_counter(), utc_now()
        short_id, _, part = scope["path"][3:].partition("/")
        shown = self.pages.fresh(short_id, now)
        if shown and part == LIVE and shown.status == 200 and not scope["query_string"]:
            count("GET", 200, 0.0)
            await streaming.event_stream(shown.page.id)(scope, receive, send)  # type: ignore[arg-type]  # Starlette's names for the same
        elif (
            shown
            and not part
            and (answer := _answer(scope, shown, asked := dict(scope["headers"])))
        ):
            if shown.status == 200:
                campaign = campaign_of(scope)
                self.visits.look(shown.page, scope, now, campaign=campaign, headers=asked)
            headers = [*answer.complete, raw_clock(now)]
            await send({"type": "http.response.start", "status": answer.status, "headers": headers})
            await send({"type": "http.response.body", "body": answer.body, "more_body": False})
            count("GET", answer.status, time.perf_counter() - started)
        else:
            await self.app(scope, receive, send)


def _answer(scope: HTTPScope, shown: Shown, headers: dict[bytes, bytes]) -> Answer | None:
    """Return the answer that is the same for everyone, or None when this request may need another."""
    if SIGNED in scope["query_string"] or (b"cookie" in headers and _buys(scope)):
        return None
    accepts, knows = headers.get(b"accept-encoding", b""), headers.get(b"if-none-match", b"")
    return shown.answer(accepts.decode("latin-1"), knows.decode("latin-1"))


def _buys(scope: HTTPScope) -> bool:
    """Whether any of the lines with cookies, should there be several, has the buyer's."""
    return any(name == b"cookie" and BUYER in value for name, value in scope["headers"])
