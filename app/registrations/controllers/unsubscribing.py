"""Leaving a list: one click in a mail program (RFC 8058), or one button behind the link in the mail."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.core.ratelimit import limit
from app.core.rendering import page
from app.notifications.unsubscribing import read_unsubscribe_token, resubscribe, unsubscribe

Request_ = Request[Any, Any, Any]

RATE = "120/minute"


class UnsubscribingController(Controller):
    path = "/unsubscribe/{token:str}"

    @get()
    async def ask(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        """Only asks: programs that look links over must not unsubscribe anybody."""
        read_unsubscribe_token(token, now)
        return _answer(request, token, done=False)

    @post(status_code=200)
    async def leave(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        """200 without a redirect, as RFC 8058 wants it; a mail program sends no cookies and no origin."""
        await limit(request, "unsubscribe", RATE)
        await unsubscribe(read_unsubscribe_token(token, now), now)
        return _answer(request, token, done=True)

    @post("/again", status_code=200)
    async def come_back(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        await limit(request, "unsubscribe", RATE)
        await resubscribe(read_unsubscribe_token(token, now))
        return _answer(request, token, done=False, back=True)


def _answer(request: Request_, token: str, *, done: bool, back: bool = False) -> Response[str]:
    path = f"/unsubscribe/{token}"
    return page(request, "notifications/unsubscribe.html", path=path, done=done, back=back)
