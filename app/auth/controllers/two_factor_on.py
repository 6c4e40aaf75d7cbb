"""`/console/account/two-factor/…` once it is on: new recovery codes, those as a file, and turning it off."""

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named

from app.auth import recovery_codes, two_factor
from app.auth.account_forms import OwnCodesForm, ProofForm
from app.auth.controllers.answers import AnyRequest
from app.auth.controllers.two_factor import PATH, show_state, standing_page
from app.auth.limiting import limit_proofs
from app.auth.viewer import Viewer
from app.core.errors import Conflict
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import is_htmx, redirect
from app.core.settings import get_settings

FILE_NAME = "mayfly-recovery-codes.txt"


async def _proof(
    request: AnyRequest, viewer: Viewer, what: str, form: Form[ProofForm] | None = None
) -> Response[str]:
    """Ask for the password and a code, for `what` is to be done."""
    if not await two_factor.is_on(viewer.user_id):
        return redirect(request, PATH)
    return show_state(request, what, {"viewer": viewer}, form)


class RecoveryCodesController(Controller):
    path = f"{PATH}/codes"

    @get()
    async def show(self, request: AnyRequest, viewer: Named[Viewer]) -> Response[str]:
        return await _proof(request, viewer, "renew")

    @post(status_code=200)
    async def renew(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """Replace the recovery codes and show the new ones, this once."""
        await limit_proofs(request, viewer.user_id)
        form = await read_form(request, ProofForm)
        if form.data is None:
            return await _proof(request, viewer, "renew", form)
        sent, ip = form.data, client_address(request)
        try:
            codes = await two_factor.renew_codes(viewer, sent.password, sent.code, now, ip)
        except FieldError as error:
            form.take(error)
            return await _proof(request, viewer, "renew", form)
        return show_state(request, "codes", {"codes": codes, "fresh": False})

    @post("/file", status_code=200)
    async def download(self, request: AnyRequest, viewer: Named[Viewer]) -> Response[str]:
        """Send the codes that the page shows back as a file: only such as are the viewer's."""
        await limit_proofs(request, viewer.user_id)
        form = await read_form(request, OwnCodesForm)
        own = await recovery_codes.own_codes(viewer.user_id, form.data.code if form.data else [])
        if not own:
            raise Conflict(_("These codes are worth nothing any more."))
        given = {"email": viewer.email, "site": get_settings().base_url}
        head = _("Recovery codes of %(email)s at %(site)s. Each works once.", **given)
        headers = {
            "Content-Disposition": f'attachment; filename="{FILE_NAME}"',
            "Cache-Control": "no-store",
        }
        text = "\r\n".join([head, "", *own, ""])
        return Response(text, media_type="text/plain", headers=headers)


class RemovalController(Controller):
    path = f"{PATH}/removal"

    @get()
    async def show(self, request: AnyRequest, viewer: Named[Viewer]) -> Response[str]:
        return await _proof(request, viewer, "remove")

    @post(status_code=200)
    async def turn_off(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        await limit_proofs(request, viewer.user_id)
        form = await read_form(request, ProofForm)
        if form.data is None:
            return await _proof(request, viewer, "remove", form)
        sent, ip = form.data, client_address(request)
        try:
            await two_factor.turn_off(viewer, sent.password, sent.code, now, ip)
        except FieldError as error:
            form.take(error)
            return await _proof(request, viewer, "remove", form)
        toast = _("Two-factor is off.")
        if is_htmx(request):
            return await standing_page(request, viewer, toast=toast)
        return redirect(request, PATH, toast=toast)
