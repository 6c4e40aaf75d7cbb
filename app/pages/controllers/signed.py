"""Signed addresses as they are asked for: which source they carry, or that they were changed."""

from datetime import datetime
from typing import Any

from litestar import Request

from app.core.errors import BadSignature
from app.core.signing import SIGNATURE
from app.pages.arriving import signed_source

Request_ = Request[Any, Any, Any]


def verify(request: Request_, path: str, now: datetime) -> str:
    """Return the source that the request's query was signed for, with this `path`; "" for none.

    Raises BadSignature, for a repeated parameter too: which of its values would have been signed?
    """
    pairs = list(request.query_params.multi_items())
    query = dict(pairs)
    if len(query) != len(pairs):
        raise BadSignature
    return signed_source(path, query, now)


def source_of(request: Request_, short_id: str, now: datetime) -> str:
    """Return the source by whose share link a page, or a part of it, is asked for; "" without one.

    The parts carry the page's own signature. Raises BadSignature when it was changed.
    """
    signed = SIGNATURE in request.query_params
    return verify(request, f"/p/{short_id}", now) if signed else ""
