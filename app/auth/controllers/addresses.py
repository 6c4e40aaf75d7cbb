"""`/address/…`: the links in mails about a change of address, and a button each, because mail programs open links."""

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.addresses.changes import AddressChange
from app.auth.addresses.confirming import check_confirmation, confirm_change
from app.auth.addresses.undoing import check_undo, undo_change
from app.auth.controllers.answers import AnyRequest, is_own
from app.auth.cookies import no_session_cookies, set_cookies
from app.auth.limiting import limit_link
from app.auth.viewing import LoginRequired, viewer_of
from app.core.errors import Forbidden
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address, limit
from app.core.rendering import page, redirect

USES = "30/hour"
SECRET = {"Referrer-Policy": "no-referrer"}


class ConfirmAddressController(Controller):
    path = "/address/confirm/{token:str}"
    response_headers = SECRET

    @get()
    async def show(
        self, request: AnyRequest, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        change = await check_confirmation(token, now)
        return page(request, "auth/address_confirm.html", token=token, change=change)

    @post()
    async def create(
        self, request: AnyRequest, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        await limit(request, "address-use", USES)
        asked = await check_confirmation(token, now)
        await limit_link(request, "address-confirm", asked.id)
        if not asked.confirmed:
            _ensure_own(request, asked)
        change = await confirm_change(token, now, client_address(request))
        toast = _("%(email)s is your address now.", email=change.new_email)
        return redirect(request, "/console/account", toast=toast)


def _ensure_own(request: AnyRequest, change: AddressChange) -> None:
    """Raise LoginRequired unless the change is asked for by who is logged in: else a stranger's account would get the address
    of whoever opens the mail and presses the button."""
    if viewer_of(request) is None:
        raise LoginRequired
    if not is_own(request, change.user_id):
        raise Forbidden(_("Please log in with the account that asked for this change."))


class UndoAddressController(Controller):
    path = "/address/undo/{token:str}"
    response_headers = SECRET

    @get()
    async def show(
        self, request: AnyRequest, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        change = await check_undo(token, now)
        return page(request, "auth/address_undo.html", token=token, change=change)

    @post()
    async def create(
        self, request: AnyRequest, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        """Take the account back, and choose the password that nobody else knows."""
        await limit(request, "address-use", USES)
        await limit_link(request, "address-undo", (await check_undo(token, now)).id)
        reset = await undo_change(token, now, client_address(request))
        toast = _("The change is undone, and everyone is logged out. Now choose a new password.")
        response = redirect(request, f"/reset/{reset}", toast=toast)
        if viewer_of(request) is not None:
            set_cookies(response, no_session_cookies())
        return response
