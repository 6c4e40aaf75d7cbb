"""Answer HEAD as GET would be answered, without the body and without what GET does beside answering.

One layer turns the request into a GET, so no route has to know of HEAD. What a GET changes (a visit, a download attempt) asks
`is_head` first.
"""

from contextvars import ContextVar
from typing import Any, cast
from urllib.parse import urlsplit

from litestar.types import ASGIApp, Message, Receive, Scope, Send

_asked: ContextVar[bool] = ContextVar("head", default=False)


def is_head() -> bool:
    """Whether the present request was asked as HEAD, so that nothing may be counted, recorded or used up."""
    return _asked.get()


def told_in_head(url: str) -> str:
    """Return a presigned address as the answer to HEAD may tell it: without its signature, or it would open unrecorded."""
    return urlsplit(url)._replace(query="").geturl()


class HeadMiddleware:
    """Passes HEAD on as GET, keeps the status and the headers of the answer, and drops its body.

    A stream ends at once: the application hears that the client has left as soon as the headers are sent.
    """

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http" or scope["method"] != "HEAD":
            await self.app(scope, receive, send)
            return
        asked: Any = {**scope, "method": "GET"}
        started = False

        async def receive_until_started() -> Any:
            return {"type": "http.disconnect"} if started else await receive()

        async def send_head(message: Message) -> None:
            nonlocal started
            if message["type"] == "http.response.start":
                started = True
                # A cookie that is set or taken away is an effect too.
                headers = [each for each in message["headers"] if each[0].lower() != b"set-cookie"]
                await send({**message, "headers": headers})
                empty = {"type": "http.response.body", "body": b"", "more_body": False}
                await send(cast(Message, empty))

        token = _asked.set(True)
        try:
            await self.app(asked, receive_until_started, send_head)
        finally:
            _asked.reset(token)
