"""Errors as pages for browsers, fragments for htmx, and JSON for the few JSON routes."""

import re
from typing import Any

import structlog
from litestar import Request, Response
from litestar.exceptions import HTTPException

from app.core.errors import (
    BadRequest,
    ExpiredLink,
    MayflyError,
    NotFound,
    TooLarge,
    TooManyRequests,
    TooSlow,
)
from app.core.i18n import gettext as _
from app.core.middleware import logged_path
from app.core.outages import is_outage
from app.core.rendering import HTML, is_htmx, render

log = structlog.get_logger()

Request_ = Request[Any, Any, Any]

UNDECODABLE = re.compile("[\ud800-\udfff]")


def titles() -> dict[int, str]:
    return {
        400: _("Something is missing"),
        402: _("Your plan is full"),
        403: _("This link does not work"),
        404: _("Nothing here"),
        405: _("Nothing here"),
        408: _("That took too long"),
        409: _("No longer possible"),
        410: _("This is over"),
        413: _("Too large"),
        422: _("That can't be accepted"),
        429: _("Please wait a moment"),
        502: _("A service did not answer"),
        503: _("Back in a moment"),
    }


# What Litestar refuses as we would, in the same words.
OURS: dict[int, type[MayflyError]] = {400: BadRequest, 404: NotFound, 405: NotFound, 413: TooLarge}

PAGES = frozenset({402, 403, 404, 410, 422, 429, 500, 503})


def _answer(
    request: Request_, status: int, message: str, headers: dict[str, str], title: str = ""
) -> Response[Any]:
    reference = str(request.scope["state"].get("request_id", ""))
    # Not request.url: it can't be read when the Host header is nonsense, which may be why we are here.
    if request.scope["path"].startswith("/api/"):
        return Response({"error": message}, status_code=status, headers=headers)
    context: dict[str, Any] = {
        "status": status,
        "title": title or titles().get(status, _("Something went wrong")),
        "message": message,
        "reference_id": reference,
        "request": request,
    }
    own = status if status in PAGES else 500 if status >= 500 else 404 if status == 405 else 422
    template = "errors/_error.html" if is_htmx(request) else f"errors/{own}.html"
    response: Response[Any] = Response(
        render(template, **context),
        status_code=status,
        media_type=HTML,
        headers={"Cache-Control": "no-store", **headers},
    )
    return response


def expected(request: Request_, error: MayflyError) -> Response[Any]:
    """Answer an error of our own with its status and its words."""
    headers = {"Retry-After": str(error.retry_after)} if isinstance(error, TooManyRequests) else {}
    if isinstance(error, TooSlow):
        # What is still to come of the request must not be taken for the next one.
        headers["Connection"] = "close"
    title = _("This link has run out") if isinstance(error, ExpiredLink) else ""
    return _answer(request, error.status, error.message, headers, title)


def from_framework(request: Request_, error: HTTPException) -> Response[Any]:
    """Answer what Litestar refuses (no such route, body too large, unreadable parameters) in our words."""
    status = error.status_code
    if status >= 500:
        return unexpected(request, error)
    known = OURS.get(status)
    message = known().message if known else _("The request can't be accepted.")
    return _answer(
        request, status, message, {key: str(value) for key, value in (error.headers or {}).items()}
    )


def unexpected(request: Request_, error: Exception) -> Response[Any]:
    """Answer a bug: log it with its reference, tell no detail. A database that is away is none."""
    if is_outage(error):
        log.warning("database.away", path=logged_path(request.scope), error=repr(error))
        message = _("Nothing was lost. Please try again in a moment.")
        return _answer(request, 503, message, {"Retry-After": "2"})
    log.exception("unexpected_error", path=logged_path(request.scope), exc_info=error)
    return _answer(request, 500, _("Something went wrong on our side. It has been noted."), {})
