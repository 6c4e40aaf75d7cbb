"""`/console/account`: name, password and sessions of the person who is logged in."""

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post

from app.auth.changing import change_password, rename
from app.auth.controllers.answers import AnyRequest
from app.auth.controllers.own_sessions import shown_sessions
from app.auth.forms import NameForm, PasswordForm
from app.auth.limiting import limit_password_changes, limit_verifications
from app.auth.redirects import own_path
from app.auth.verifying import send_verification
from app.auth.viewer import Viewer
from app.core.errors import TooManyRequests
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import fragments, is_htmx, page, redirect

PATH = "/console/account"
PAGE = "auth/account.html"


async def account_page(
    request: AnyRequest, viewer: Viewer, now: datetime, status: int = 200, **forms: Form[Any]
) -> Response[str]:
    """Show the whole page, with the forms that were sent in place of fresh ones."""
    shown: dict[str, Any] = {
        "viewer": viewer,
        "name_form": Form[NameForm](values={"name": viewer.name}),
        "password_form": Form[PasswordForm](),
        "sessions": await shown_sessions(viewer, now),
        **forms,
    }
    return page(request, PAGE, status=status, **shown)


class AccountController(Controller):
    path = PATH

    @get()
    async def show(self, request: AnyRequest, viewer: Viewer, now: datetime) -> Response[str]:
        return await account_page(request, viewer, now)

    @post("/name")
    async def rename(self, request: AnyRequest, viewer: Viewer, now: datetime) -> Response[str]:
        form = await read_form(request, NameForm)
        if form.data is not None:
            await rename(viewer.user_id, form.data.name, now)
        toast = _("Your name is saved.") if form.ok else None
        return await self._answer(request, viewer, now, "name", form, toast)

    @post("/password")
    async def change_password(
        self, request: AnyRequest, viewer: Viewer, now: datetime
    ) -> Response[str]:
        await limit_password_changes(request, viewer.user_id)
        form = await read_form(request, PasswordForm)
        toast = None
        if form.data is not None:
            sent = form.data
            try:
                await change_password(
                    viewer, sent.current, sent.password, now, client_address(request)
                )
                toast = _("Your password is changed. All other sessions were ended.")
            except FieldError as error:
                form.take(error)
        return await self._answer(request, viewer, now, "password", form, toast)

    @post("/verification")
    async def send_verification(
        self, request: AnyRequest, viewer: Viewer, now: datetime
    ) -> Response[str]:
        """Mail the link again; the notice that asks for it says so."""
        notice = "auth/_confirm_address.html"
        try:
            await limit_verifications(request, viewer.user_id)
        except TooManyRequests as error:
            if not is_htmx(request):
                raise
            problem = _("We have sent several already. Please wait a while before the next.")
            return fragments(request, (notice, {"problem": problem}), status=error.status)
        await send_verification(viewer, now)
        if is_htmx(request) and not viewer.verified:
            return fragments(request, (notice, {"sent": True}))
        return redirect(
            request,
            own_path(request.query_params.get("back", "")) or PATH,
            toast=_("The mail is on its way."),
        )

    async def _answer(
        self,
        request: AnyRequest,
        viewer: Viewer,
        now: datetime,
        what: str,
        form: Form[Any],
        toast: str | None,
    ) -> Response[str]:
        """Answer a sent form: with fragments for htmx, else with the page again or back to it."""
        key, status = f"{what}_form", 200 if form.ok else 422
        if not is_htmx(request):
            if form.ok:
                return redirect(request, PATH, toast=toast)
            return await account_page(request, viewer, now, status, **{key: form})
        shown = Form[Any]() if form.ok and what == "password" else form
        main = (f"auth/_{what}.html", {key: shown, "viewer": viewer})
        if not form.ok or what != "password":
            return fragments(request, main, status=status, toast=toast)
        sessions = ("auth/_sessions.html", {"sessions": await shown_sessions(viewer, now)})
        return fragments(request, main, sessions, status=status, toast=toast)
