"""How long a client may take to say what it wants, and how much of it: slow and endless ones are let go.

A connection costs little here, but not nothing, and uvicorn waits for ever for the rest of a request once it has begun.
"""

import asyncio
from typing import cast

from litestar.types import HTTPReceiveMessage, Receive, Scope
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from app.core.errors import BadRequest, TooLarge, TooSlow

# From the connection, or from a request's first byte on a kept one, to the end of its headers.
HEADER_SECONDS = 10.0
HEADER_BYTES = 64 * 1024
# From the headers to the end of the body, which is a form: files go to the object store.
BODY_SECONDS = 30.0
# Editors send long texts, and Stripe's events are long; what visitors send is short.
LARGEST_BODY, LARGEST_OF_VISITORS = 1024 * 1024, 256 * 1024
LARGE_BODIES = ("/console/", "/webhooks/")


class PatientProtocol(HttpToolsProtocol):
    """uvicorn's protocol, with an end to its patience; `--http app.core.patience:PatientProtocol`."""

    _waiting: asyncio.TimerHandle | None = None
    _unfinished = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as uvicorn's own
        super().connection_made(transport)
        self._wait_for_headers()

    def connection_lost(self, exc: Exception | None) -> None:
        self._headers_are_there()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._waiting is not None:
            self._unfinished += len(data)
        super().data_received(data)
        if self._waiting is not None and self._unfinished > HEADER_BYTES:
            self._let_go()

    def on_message_begin(self) -> None:
        super().on_message_begin()
        if self._waiting is None:
            self._wait_for_headers()

    def on_headers_complete(self) -> None:
        self._headers_are_there()
        super().on_headers_complete()

    def _wait_for_headers(self) -> None:
        self._unfinished = 0
        self._waiting = self.loop.call_later(HEADER_SECONDS, self._let_go)

    def _headers_are_there(self) -> None:
        if self._waiting is not None:
            self._waiting.cancel()
            self._waiting = None

    def _let_go(self) -> None:
        self._headers_are_there()
        if not self.transport.is_closing():
            self.transport.abort()


def bounded(receive: Receive, scope: Scope) -> Receive:
    """Return `receive` with a largest size of the body, by its route.

    What it returns raises TooLarge (413): at once when the client announces too much, else as soon as too much came.
    """
    most = LARGEST_BODY if scope["path"].startswith(LARGE_BODIES) else LARGEST_OF_VISITORS
    announced = dict(scope["headers"]).get(b"content-length", b"")
    refused = announced.isdigit() and int(announced[:20]) > most
    came = 0

    async def receive_so_much() -> HTTPReceiveMessage:
        nonlocal came
        if refused:
            raise TooLarge
        message = cast(HTTPReceiveMessage, await receive())
        came += len(cast(bytes, message.get("body", b"")))
        if came > most:
            raise TooLarge
        return message

    return cast(Receive, receive_so_much)


def patient(receive: Receive) -> Receive:
    """Return `receive` with a deadline for the whole body.

    What it returns raises TooSlow (408), and BadRequest when the client leaves in the middle.
    """
    deadline = asyncio.get_running_loop().time() + BODY_SECONDS
    arrived = False

    async def receive_in_time() -> HTTPReceiveMessage:
        nonlocal arrived
        if arrived:
            return cast(HTTPReceiveMessage, await receive())
        try:
            async with asyncio.timeout_at(deadline):
                message = cast(HTTPReceiveMessage, await receive())
        except TimeoutError as error:
            raise TooSlow from error
        if message["type"] == "http.disconnect":
            raise BadRequest
        arrived = not message.get("more_body", False)
        return message

    return cast(Receive, receive_in_time)
