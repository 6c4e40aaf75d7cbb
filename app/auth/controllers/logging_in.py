"""`/login` and `/logout`."""

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named

from app.auth.controllers.answers import (
    AnyRequest,
    first_step_done,
    too_many,
    whose_password,
)
from app.auth.cookies import no_session_cookies, set_cookies
from app.auth.forms import LogInForm
from app.auth.limiting import limit_logins
from app.auth.redirects import after_login
from app.auth.sessions import end_session
from app.auth.viewing import viewer_of
from app.core.errors import TooManyRequests
from app.core.forms import FORM_LEVEL, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import page, redirect

TEMPLATE = "auth/login.html"


class LogInController(Controller):
    path = "/login"

    @get()
    async def show(self, request: AnyRequest) -> Response[str]:
        target = request.query_params.get("next", "")
        if viewer_of(request):
            return redirect(request, after_login(target))
        return page(request, TEMPLATE, form=Form[LogInForm](values={"next": target}))

    @post()
    async def create(self, request: AnyRequest, now: Named[datetime]) -> Response[str]:
        form = await read_form(request, LogInForm)
        try:
            await limit_logins(request)
            if form.data is None:
                return page(request, TEMPLATE, status=422, form=form)
            data = form.data
            user_id = await whose_password(request, data.email, data.password, now)
        except TooManyRequests as error:
            return too_many(request, TEMPLATE, form, error)
        if user_id is None:
            form.add(FORM_LEVEL, _("The address or the password is wrong."))
            return page(request, TEMPLATE, status=422, form=form)
        return await first_step_done(request, user_id, now, data.next)


@post("/logout")
async def log_out(request: AnyRequest, now: Named[datetime]) -> Response[str]:
    """End the session, wherever its tokens may be; without one, just forget the cookies."""
    viewer = viewer_of(request)
    if viewer is not None and viewer.session_id is not None:
        await end_session(viewer.session_id, viewer.user_id, now, ip=client_address(request))
    response = redirect(request, "/login", toast=_("You are logged out."))
    set_cookies(response, no_session_cookies())
    return response
