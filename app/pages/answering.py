"""Answers of the public page that are made once and sent often: bodies by encoding, headers, what says that nothing changed."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property

from app.core.assets import Encoded, encode
from app.core.clock import milliseconds
from app.core.middleware import security_headers
from app.pages import showing
from app.pages.loading import PageRecord
from app.pages.viewing import PageView

# Compressed for many readers, but while somebody waits: a middle quality of brotli.
QUALITY = 5

# A cache in front may answer for a second; a browser always asks, and mostly hears 304.
SHARED = "public, max-age=0, s-maxage=1, must-revalidate"

VARY = ("vary", "Accept-Encoding, Cookie")
NOT_INDEXED = ("x-robots-tag", "noindex")
# Each visit by a link is counted, so no cache in front may answer it.
UNSHARED = "private, no-cache"

CONTENT_TYPE = b"text/html; charset=utf-8"

RawHeaders = list[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Answer:
    """A response that is made once and sent often; header names are in lower case. What is missing is the clock."""

    status: int
    headers: RawHeaders
    body: bytes

    @cached_property
    def complete(self) -> RawHeaders:
        """All headers as they go over the wire."""
        length = b"%d" % len(self.body)
        entity = [(b"content-type", CONTENT_TYPE), (b"content-length", length)]
        return [*([] if self.status == 304 else entity), *self.headers, *security_headers()]


@dataclass(frozen=True)
class Shown:
    """A page's answer from `at` until `fresh_until`: a body to send, or where it sends its visitors."""

    view: PageView
    status: int
    html: str
    body: Encoded
    etag: str
    redirect_url: str | None
    indexed: bool
    at: datetime
    fresh_until: datetime

    def answer(self, accepts: str, knows: str) -> Answer:
        """Return what everyone gets whose `Accept-Encoding` is `accepts` and whose `If-None-Match` is `knows`."""
        if self.redirect_url is None and self.etag in knows:
            return self._unchanged
        return self._answers[self.body.best(accepts)[1]]

    @cached_property
    def _unchanged(self) -> Answer:
        return Answer(304, self._headers, b"")

    @cached_property
    def _answers(self) -> dict[str, Answer]:
        """By encoding."""
        if self.redirect_url:
            away = Answer(302, [*self._headers, _raw(("location", self.redirect_url))], b"")
            return dict.fromkeys(("", "gzip", "br"), away)
        found = {"": Answer(self.status, self._headers, self.body.plain)}
        for name, body in (("gzip", self.body.gzip), ("br", self.body.brotli)):
            headers = [*self._headers, _raw(("content-encoding", name))]
            found[name] = Answer(self.status, headers, body)
        return found

    @property
    def page(self) -> PageRecord:
        return self.view.page

    @property
    def gone(self) -> bool:
        return self.status == 410

    @cached_property
    def embedded(self) -> Encoded:
        """What other sites show of the page in a frame."""
        html = showing.embedded(self.view, gone=self.gone)
        return encode(html.encode(), quality=QUALITY)

    @cached_property
    def _headers(self) -> RawHeaders:
        cached = UNSHARED if self.view.arrival else SHARED
        headers = [("cache-control", cached), ("etag", self.etag), VARY]
        if not self.indexed:
            headers.append(NOT_INDEXED)
        return [_raw(header) for header in headers]


def clock_header(now: datetime) -> tuple[str, str]:
    """Return the header that tells a browser's countdown the server's clock."""
    return "server-timing", f"clock;dur={milliseconds(now)}"


def raw_clock(now: datetime) -> tuple[bytes, bytes]:
    return _raw(clock_header(now))


def _raw(header: tuple[str, str]) -> tuple[bytes, bytes]:
    return header[0].encode(), header[1].encode()
