"""`/forgot` and `/reset/{token}`: a new password by mail."""

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth import resetting
from app.auth.controllers.answers import AnyRequest, first_step_done, too_many
from app.auth.forms import ForgotForm, ResetForm
from app.auth.limiting import limit_link, limit_resets
from app.core.errors import TooManyRequests
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address, limit
from app.core.rendering import page
from app.core.settings import get_settings

# The link is a secret: no other site may learn it from a Referer.
SECRET = {"Referrer-Policy": "no-referrer"}
RESETS = "30/hour"


class ForgotController(Controller):
    path = "/forgot"

    @get()
    async def show(self, request: AnyRequest) -> Response[str]:
        return page(request, "auth/forgot.html", form=Form[ForgotForm]())

    @post()
    async def create(self, request: AnyRequest) -> Response[str]:
        """Answer the same, after the same time, whether or not the address has an account."""
        form = await read_form(request, ForgotForm)
        try:
            await limit_resets(request, form.value("email"))
        except TooManyRequests as error:
            return too_many(request, "auth/forgot.html", form, error)
        if form.data is None:
            return page(request, "auth/forgot.html", status=422, form=form)
        await resetting.ask_for_reset(form.data.email, client_address(request))
        minutes = get_settings().reset_link_minutes
        return page(request, "auth/forgot_sent.html", email=form.data.email, minutes=minutes)


class ResetController(Controller):
    path = "/reset/{token:str}"
    response_headers = SECRET

    @get()
    async def show(
        self, request: AnyRequest, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        account = await resetting.check_reset(token, now)
        return self._page(request, token, account.email, Form[ResetForm]())

    @post()
    async def create(
        self, request: AnyRequest, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        await limit(request, "reset-use", RESETS)
        account = await resetting.check_reset(token, now)
        await limit_link(request, "reset-use", account.user_id)
        form = await read_form(request, ResetForm)
        if form.data is None:
            return self._page(request, token, account.email, form, 422)
        ip = client_address(request)
        try:
            account = await resetting.reset_password(token, form.data.password, now, ip)
        except FieldError as error:
            form.take(error)
            return self._page(request, token, account.email, form, 422)
        toast = _("Your new password holds. All other sessions were ended.")
        return await first_step_done(request, account.user_id, now, "", toast)

    def _page(
        self, request: AnyRequest, token: str, email: str, form: Form[ResetForm], status: int = 200
    ) -> Response[str]:
        return page(request, "auth/reset.html", status=status, form=form, token=token, email=email)
