"""`/console/account/two-factor`: turning it on, in two steps. What comes later is in `two_factor_on.py`."""

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named
from markupsafe import Markup

from app.auth import totp, two_factor
from app.auth.account_forms import BeginForm, CodeForm
from app.auth.controllers.answers import AnyRequest
from app.auth.limiting import limit_proofs
from app.auth.viewer import Viewer
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import fragments, is_htmx, page, redirect

PATH = "/console/account/two-factor"
SETUP = f"{PATH}/setup"


def show_state(
    request: AnyRequest,
    what: str,
    context: dict[str, Any],
    form: Form[Any] | None = None,
    toast: str | None = None,
) -> Response[str]:
    """Answer with one of the page's states: off, setup, codes, on, renew or remove."""
    status = 422 if form is not None and form.errors else 200
    shown = {**context, "what": what, "form": form or Form[Any]()}
    if is_htmx(request):
        return fragments(request, ("auth/_two_factor.html", shown), status=status, toast=toast)
    return page(request, "auth/two_factor.html", status=status, **shown)


async def standing_page(
    request: AnyRequest, viewer: Viewer, form: Form[Any] | None = None, toast: str | None = None
) -> Response[str]:
    found = await two_factor.standing(viewer.user_id)
    context = {"standing": found, "viewer": viewer}
    return show_state(request, "on" if found.on else "off", context, form, toast)


async def _setup(
    request: AnyRequest, viewer: Viewer, form: Form[Any] | None = None
) -> Response[str]:
    secret = await two_factor.begun_secret(viewer.user_id)
    if secret is None:
        return redirect(request, PATH)
    uri = totp.app_uri(secret, viewer.email)
    # Markup of segno's own making: squares and nothing else.
    code = Markup(totp.qr_svg(uri))  # noqa: S704
    context = {"code": code, "secret": totp.spaced(secret), "uri": uri}
    return show_state(request, "setup", context, form)


class TwoFactorController(Controller):
    path = PATH

    @get()
    async def show(self, request: AnyRequest, viewer: Named[Viewer]) -> Response[str]:
        return await standing_page(request, viewer)

    @get("/setup")
    async def show_setup(self, request: AnyRequest, viewer: Named[Viewer]) -> Response[str]:
        return await _setup(request, viewer)

    @post("/setup", status_code=200)
    async def begin(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        await limit_proofs(request, viewer.user_id)
        form = await read_form(request, BeginForm)
        if form.data is None:
            return await standing_page(request, viewer, form)
        try:
            await two_factor.begin(viewer, form.data.password, now, client_address(request))
        except FieldError as error:
            form.take(error)
            return await standing_page(request, viewer, form)
        return await _setup(request, viewer) if is_htmx(request) else redirect(request, SETUP)

    @post(status_code=200)
    async def turn_on(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """Turn it on by the first code, and show the recovery codes: this answer is the only place."""
        await limit_proofs(request, viewer.user_id)
        form = await read_form(request, CodeForm)
        if form.data is None:
            return await _setup(request, viewer, form)
        try:
            codes = await two_factor.turn_on(viewer, form.data.code, now, client_address(request))
        except FieldError as error:
            form.take(error)
            return await _setup(request, viewer, form)
        toast = _("Two-factor is on.")
        return show_state(request, "codes", {"codes": codes, "fresh": True}, toast=toast)
