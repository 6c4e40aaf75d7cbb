"""Signed addresses as they are asked for: which source they carry, or that they were changed."""

from datetime import datetime
from typing import Any

from litestar import Request

from app.core.signing import is_signed
from app.pages.arriving import signed_source

Request_ = Request[Any, Any, Any]


def verify(request: Request_, path: str, now: datetime) -> str:
    """Return the source that the request's query was signed for, with this `path`; "" for none. Raises BadSignature."""
    return signed_source(path, _query(request), now)


def source_of(request: Request_, short_id: str, now: datetime) -> str:
    """Return the source by whose share link a page, or a part of it, is asked for; "" without one.

    The parts carry the page's own signature. Raises BadSignature when it was changed.
    """
    return verify(request, f"/p/{short_id}", now) if is_signed(_query(request)) else ""


def _query(request: Request_) -> str:
    # Not request.url, which can't be read when the Host header is nonsense.
    return request.scope["query_string"].decode("latin-1")
