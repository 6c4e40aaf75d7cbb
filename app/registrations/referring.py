"""Where a visitor came from, as the signed link to the page says that they were on."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from litestar import Request

from app.core.errors import BadSignature, ExpiredLink
from app.core.signing import verify_url
from app.pages.arriving import SOURCE

LONGEST_SOURCE = 40


def source_of(request: Request[Any, Any, Any], short_id: str, now: datetime) -> str:
    """Return the source that the share link of this form's page carries, or "": an unsigned one counts for nothing."""
    path = f"/p/{short_id}"
    try:
        address = urlsplit(request.headers.get("referer", ""))
        pairs = parse_qsl(address.query)
    except ValueError:
        return ""
    if address.path != path or len(dict(pairs)) != len(pairs):
        return ""
    try:
        return verify_url(path, dict(pairs), now).get(SOURCE, "")[:LONGEST_SOURCE]
    except (BadSignature, ExpiredLink):
        return ""
