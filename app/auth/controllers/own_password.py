"""`/console/account/password`: another password, for who knows the present one."""

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named

from app.auth.changing import change_password
from app.auth.controllers.answers import AnyRequest
from app.auth.forms import PasswordForm
from app.auth.limiting import limit_proofs
from app.auth.viewer import Viewer
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import fragments, is_htmx, page, redirect

PATH = "/console/account/password"


class OwnPasswordController(Controller):
    path = PATH

    @get()
    async def show(self, request: AnyRequest, viewer: Named[Viewer]) -> Response[str]:
        return self._show(request, viewer, Form[PasswordForm]())

    @post()
    async def change(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        await limit_proofs(request, viewer.user_id)
        form = await read_form(request, PasswordForm)
        if form.data is None:
            return self._show(request, viewer, form, 422)
        sent, ip = form.data, client_address(request)
        try:
            await change_password(viewer, sent.current, sent.password, now, ip)
        except FieldError as error:
            form.take(error)
            return self._show(request, viewer, form, 422)
        toast = _("Your password is changed. All other sessions were ended.")
        if is_htmx(request):
            return self._show(request, viewer, Form[PasswordForm](), toast=toast)
        return redirect(request, PATH, toast=toast)

    def _show(
        self,
        request: AnyRequest,
        viewer: Viewer,
        form: Form[Any],
        status: int = 200,
        toast: str | None = None,
    ) -> Response[str]:
        context = {"password_form": form, "viewer": viewer}
        if is_htmx(request):
            return fragments(request, ("auth/_password.html", context), status=status, toast=toast)
        return page(request, "auth/password.html", status=status, **context)
