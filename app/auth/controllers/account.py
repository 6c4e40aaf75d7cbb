"""`/console/account`: name, time zone and address of the person who is logged in."""

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named

from app.auth.account_forms import AddressForm, ProfileForm
from app.auth.addresses.asking import ask_for_change, cancel_change
from app.auth.addresses.changes import open_change
from app.auth.changing import change_profile
from app.auth.controllers.answers import AnyRequest
from app.auth.limiting import limit_address_changes, limit_proofs, limit_verifications
from app.auth.redirects import own_path
from app.auth.two_factor import is_on
from app.auth.verifying import send_verification
from app.auth.viewer import Viewer
from app.core.errors import TooManyRequests
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import Fragment, fragments, is_htmx, page, redirect
from app.core.zones import zone_choices

PATH = "/console/account"


def _profile(viewer: Viewer, form: Form[ProfileForm] | None = None) -> Fragment:
    shown = form or Form[ProfileForm](values={"name": viewer.name, "zone": viewer.zone})
    choices = [("", _("Not chosen: UTC")), *zone_choices(viewer.zone)]
    return "auth/_profile.html", {"profile_form": shown, "zones": choices}


async def _address(
    viewer: Viewer, now: datetime, form: Form[AddressForm] | None = None
) -> Fragment:
    change = await open_change(viewer.user_id, now)
    shown = form or Form[AddressForm]()
    two_factor = await is_on(viewer.user_id)
    context = {"address_form": shown, "change": change, "viewer": viewer, "two_factor": two_factor}
    return "auth/_address.html", context


class AccountController(Controller):
    path = PATH

    @get()
    async def show(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        return await self._page(request, viewer, now)

    @post("/profile")
    async def change_profile(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        form = await read_form(request, ProfileForm)
        if form.data is None:
            if is_htmx(request):
                return fragments(request, _profile(viewer, form), status=422)
            return await self._page(request, viewer, now, _profile(viewer, form), status=422)
        await change_profile(viewer.user_id, form.data.name, form.data.zone, now)
        if is_htmx(request):
            return fragments(request, _profile(viewer, form), toast=_("Saved."))
        return redirect(request, PATH, toast=_("Saved."))

    @post("/address")
    async def change_address(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """Ask for another address; the answer is the same whoever may have that one."""
        await limit_proofs(request, viewer.user_id)
        form = await read_form(request, AddressForm)
        if form.data is not None:
            sent, ip = form.data, client_address(request)
            await limit_address_changes(request, viewer.user_id)
            try:
                await ask_for_change(viewer, sent.email, sent.current, now, ip, sent.code)
            except FieldError as error:
                form.take(error)
        return await self._address_answer(request, viewer, now, form)

    @post("/address/cancellation")
    async def cancel_address(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        await cancel_change(viewer.user_id, now, client_address(request))
        if is_htmx(request):
            return fragments(request, await _address(viewer, now), toast=_("Given up."))
        return redirect(request, PATH, toast=_("Given up."))

    @post("/verification")
    async def send_verification(
        self, request: AnyRequest, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """Mail the link again; the notice that asks for it says so."""
        notice = "auth/_confirm_address.html"
        try:
            await limit_verifications(request, viewer.user_id)
            await send_verification(viewer, now)
        except TooManyRequests as error:
            if not is_htmx(request):
                raise
            problem = _("We have sent several already. Please wait a while before the next.")
            return fragments(request, (notice, {"problem": problem}), status=error.status)
        if is_htmx(request) and not viewer.verified:
            return fragments(request, (notice, {"sent": True}))
        back = own_path(request.query_params.get("back", "")) or PATH
        return redirect(request, back, toast=_("The mail is on its way."))

    async def _address_answer(
        self, request: AnyRequest, viewer: Viewer, now: datetime, form: Form[AddressForm]
    ) -> Response[str]:
        toast = _("Please look into the new mailbox.") if form.ok else None
        if form.ok and not is_htmx(request):
            return redirect(request, PATH, toast=toast)
        status = 200 if form.ok else 422
        shown = await _address(viewer, now, None if form.ok else form)
        if is_htmx(request):
            return fragments(request, shown, status=status, toast=toast)
        return await self._page(request, viewer, now, shown, status=status)

    async def _page(
        self, request: AnyRequest, viewer: Viewer, now: datetime, *sent: Fragment, status: int = 200
    ) -> Response[str]:
        """Show the whole page, with what was sent in place of fresh forms."""
        context: dict[str, Any] = {**_profile(viewer)[1], **(await _address(viewer, now))[1]}
        for _template, shown in sent:
            context |= dict(shown)
        return page(request, "auth/account.html", status=status, **context)
