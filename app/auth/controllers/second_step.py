"""`/login/code`: the second step of a login, by a code of the app or, at `/login/recovery`, by a recovery code."""

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named

from app.auth.account_forms import CodeForm
from app.auth.controllers.answers import AnyRequest, logged_in, too_many
from app.auth.cookies import cookie_name
from app.auth.guessing import count_try, forgive
from app.auth.limiting import code_counts, limit_logins
from app.auth.second_step import Step, pass_step, read_step
from app.auth.two_factor import wrong_code
from app.core.errors import TooManyRequests
from app.core.forms import Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import page, redirect


async def _step_of(request: AnyRequest, now: datetime) -> Step | None:
    return await read_step(request.cookies.get(cookie_name("step"), ""), now)


def _from_the_start(request: AnyRequest) -> Response[str]:
    return redirect(request, "/login", toast=_("Please log in again: that took too long."))


async def _show(request: AnyRequest, template: str, now: datetime) -> Response[str]:
    step = await _step_of(request, now)
    if step is None:
        return _from_the_start(request)
    return page(request, template, form=Form[CodeForm](), email=step.email)


async def _take(request: AnyRequest, template: str, now: datetime) -> Response[str]:
    """Take a code of either kind, whichever page it was typed on."""
    step = await _step_of(request, now)
    if step is None:
        return _from_the_start(request)
    form = await read_form(request, CodeForm)
    try:
        await limit_logins(request)
        if form.data is None:
            return page(request, template, status=422, form=form, email=step.email)
        counts = code_counts(request, step.user_id, now)
        tries = await count_try(counts, now)
    except TooManyRequests as error:
        return too_many(request, template, form, error, email=step.email)
    ip = client_address(request)
    if not await pass_step(step, form.data.code, now, tries=tries, ip=ip):
        form.add("code", wrong_code())
        return page(request, template, status=422, form=form, email=step.email)
    await forgive(counts)
    return await logged_in(request, step.user_id, now, step.target)


class CodeController(Controller):
    path = "/login/code"

    @get()
    async def show(self, request: AnyRequest, now: Named[datetime]) -> Response[str]:
        return await _show(request, "auth/code.html", now)

    @post()
    async def create(self, request: AnyRequest, now: Named[datetime]) -> Response[str]:
        return await _take(request, "auth/code.html", now)


class RecoveryController(Controller):
    path = "/login/recovery"

    @get()
    async def show(self, request: AnyRequest, now: Named[datetime]) -> Response[str]:
        return await _show(request, "auth/recovery.html", now)

    @post()
    async def create(self, request: AnyRequest, now: Named[datetime]) -> Response[str]:
        return await _take(request, "auth/recovery.html", now)
