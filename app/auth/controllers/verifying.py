"""`/verify/{token}`: the link in the welcome mail, and a button, because mail programs open links by themselves."""

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.controllers.answers import AnyRequest, is_own
from app.auth.limiting import limit_link
from app.auth.redirects import HOME
from app.auth.resetting import first_password
from app.auth.verifying import check_verification, verify_address
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address, limit
from app.core.rendering import page, redirect

VERIFICATIONS = "30/hour"


class VerifyController(Controller):
    path = "/verify/{token:str}"
    response_headers = {"Referrer-Policy": "no-referrer"}

    @get()
    async def show(
        self, request: AnyRequest, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        user_id, email = await check_verification(token, now)
        own = is_own(request, user_id)
        return page(request, "auth/verify.html", token=token, email=email, own=own)

    @post()
    async def create(
        self, request: AnyRequest, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        """Confirm it in the account's own session; anywhere else a new password comes first, and confirms it too.

        Somebody else may have made the account with a stranger's address, and wait for its owner to confirm it.
        """
        await limit(request, "verify", VERIFICATIONS)
        user_id, _email = await check_verification(token, now)
        await limit_link(request, "verify", user_id)
        if not is_own(request, user_id) and (reset := await first_password(user_id, now)):
            return redirect(request, f"/reset/{reset}")
        await verify_address(token, now, client_address(request))
        return redirect(request, HOME, toast=_("Your address is confirmed."))
