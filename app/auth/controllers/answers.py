"""Answers that several pages of accounts share."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response

from app.auth.cookies import session_cookies, set_cookies
from app.auth.limiting import remember_device
from app.auth.redirects import after_login
from app.auth.sessions import end_session, start_session
from app.auth.viewing import viewer_of
from app.core.errors import TooManyRequests
from app.core.forms import FORM_LEVEL, Form
from app.core.ratelimit import client_address
from app.core.rendering import page, redirect

AnyRequest = Request[Any, Any, Any]


async def logged_in(
    request: AnyRequest, user_id: UUID, email: str, now: datetime, target: str, toast: str | None
) -> Response[str]:
    """Start a session on this browser, in place of one that may be there, and go on to `target`."""
    before = viewer_of(request)
    if before is not None and before.session_id is not None:
        await end_session(before.session_id, before.user_id, now, "replaced")
    agent = request.headers.get("user-agent", "")
    tokens = await start_session(user_id, now, client_address(request), agent)
    response = redirect(request, after_login(target), toast=toast)
    set_cookies(response, [*session_cookies(tokens), remember_device(request, email, now)])
    return response


def too_many(
    request: AnyRequest, template: str, form: Form[Any], error: TooManyRequests, **context: Any
) -> Response[str]:
    """Show the form again, with what was typed and the wish to wait."""
    form.errors = {FORM_LEVEL: [error.message]}
    response = page(request, template, status=error.status, form=form, **context)
    response.headers["Retry-After"] = str(error.retry_after)
    return response
