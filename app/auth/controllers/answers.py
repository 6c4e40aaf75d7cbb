"""Answers that several pages of accounts share."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response

from app.auth.cookies import cookie_name, session_cookies, set_cookies, step_cookie
from app.auth.guessing import count_try, forgive
from app.auth.limiting import login_counts, remember_device
from app.auth.logging_in import authenticate
from app.auth.redirects import after_login
from app.auth.second_step import step_age, step_token
from app.auth.sessions import end_session, start_session
from app.auth.two_factor import is_on
from app.auth.viewing import viewer_of
from app.core.errors import TooManyRequests
from app.core.forms import FORM_LEVEL, Form
from app.core.ratelimit import client_address
from app.core.rendering import page, redirect

AnyRequest = Request[Any, Any, Any]

SECOND_STEP = "/login/code"


def is_own(request: AnyRequest, user_id: UUID) -> bool:
    """Whether the account of a link is the one that is logged in on this browser."""
    viewer = viewer_of(request)
    return viewer is not None and viewer.user_id == user_id


async def whose_password(
    request: AnyRequest, email: str, password: str, now: datetime
) -> UUID | None:
    """Return whose address and password these are, or None. Raises TooManyRequests for one who guesses."""
    counts = await login_counts(request, email, now)
    await count_try(counts, now)
    user_id = await authenticate(email, password, now, client_address(request))
    if user_id is not None:
        await forgive(counts)
    return user_id


async def first_step_done(
    request: AnyRequest, user_id: UUID, now: datetime, target: str, toast: str | None = None
) -> Response[str]:
    """After the right password: in, or on to the second step of an account that has one."""
    if not await is_on(user_id):
        return await logged_in(request, user_id, now, target, toast)
    token = await step_token(user_id, after_login(target), now)
    response = redirect(request, SECOND_STEP, toast=toast)
    set_cookies(response, [step_cookie(token, step_age())])
    return response


async def logged_in(
    request: AnyRequest, user_id: UUID, now: datetime, target: str, toast: str | None = None
) -> Response[str]:
    """Start a session on this browser, in place of one that may be there, and go on to `target`."""
    before = viewer_of(request)
    if before is not None and before.session_id is not None:
        await end_session(
            before.session_id, before.user_id, now, "replaced", client_address(request)
        )
    agent = request.headers.get("user-agent", "")
    tokens = await start_session(user_id, now, client_address(request), agent)
    response = redirect(request, after_login(target), toast=toast)
    set_cookies(response, [*session_cookies(tokens), remember_device(request, user_id, now)])
    if request.cookies.get(cookie_name("step")):
        set_cookies(response, [step_cookie("", step_age())])
    return response


def too_many(
    request: AnyRequest, template: str, form: Form[Any], error: TooManyRequests, **context: Any
) -> Response[str]:
    """Show the form again, with what was typed and the wish to wait."""
    form.errors = {FORM_LEVEL: [error.message]}
    response = page(request, template, status=error.status, form=form, **context)
    response.headers["Retry-After"] = str(error.retry_after)
    return response
