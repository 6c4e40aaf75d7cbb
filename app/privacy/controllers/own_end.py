"""`/console/account/erasure`: the end of one's own account; `/account/erasure/{token}` keeps it, by the link in the mail."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from pydantic import Field

from app.auth.cookies import no_session_cookies, set_cookies
from app.auth.forms import Password
from app.auth.limiting import limit_link, limit_proofs
from app.auth.members import member
from app.auth.two_factor import is_on
from app.auth.viewer import Viewer
from app.core.errors import Conflict, NotFound
from app.core.forms import FORM_LEVEL, FieldError, Form, FormModel, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address, limit
from app.core.rendering import page, redirect
from app.core.settings import get_settings
from app.privacy import ending
from app.privacy.consequences import consequences_of

Request_ = Request[Any, Any, Any]

PATH = "/console/account/erasure"
DATA = "/console/account/data"
RATE = "30/hour"


class EndForm(FormModel):
    """What proves who asks, and that they mean it: `confirmation` is the account's address."""

    password: Password
    code: Annotated[str, Field(max_length=40)] = ""
    confirmation: Annotated[str, Field(min_length=1, max_length=254)]


class OwnEndController(Controller):
    path = PATH

    @get()
    async def show(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        if await ending.open_erasure(viewer.user_id):
            return redirect(request, DATA)
        return await _show(request, viewer, now, Form[EndForm]())

    @post(status_code=200)
    async def ask(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        await limit_proofs(request, viewer.user_id)
        form = await read_form(request, EndForm)
        if form.data is None:
            return await _show(request, viewer, now, form, 422)
        sent, ip = form.data, client_address(request)
        try:
            erasure = await ending.ask(viewer, sent.password, sent.code, sent.confirmation, now, ip)
        except FieldError as error:
            form.take(error)
            return await _show(request, viewer, now, form, 422)
        except Conflict as error:
            form.add(FORM_LEVEL, error.message)
            return await _show(request, viewer, now, form, error.status)
        if erasure.due_at > now:
            return redirect(request, DATA, toast=_("It is noted. You can still keep the account."))
        response = redirect(request, "/login", toast=_("Your account is being erased. Goodbye!"))
        set_cookies(response, no_session_cookies())
        return response

    @post("/cancellation", status_code=200)
    async def keep(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        erasure = await ending.open_erasure(viewer.user_id)
        kept = erasure is not None and await ending.keep(erasure, now, client_address(request))
        toast = _("Your account is kept.") if kept else _("There was nothing to take back.")
        return redirect(request, DATA, toast=toast)


class KeepingController(Controller):
    path = "/account/erasure/{token:str}"
    response_headers = {"Referrer-Policy": "no-referrer"}

    @get()
    async def show(
        self, request: Request_, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        erasure = await ending.read_keep_token(token, now)
        return page(request, "privacy/keep.html", token=token, erasure=erasure)

    @post(status_code=200)
    async def keep(
        self, request: Request_, token: FromPath[str], now: Named[datetime]
    ) -> Response[str]:
        await limit(request, "account-kept", RATE)
        erasure = await ending.read_keep_token(token, now)
        await limit_link(request, "account-kept", erasure.id)
        await ending.keep(erasure, now, client_address(request))
        return redirect(request, "/login", toast=_("Your account is kept."))


async def _show(
    request: Request_, viewer: Viewer, now: datetime, form: Form[EndForm], status: int = 200
) -> Response[str]:
    who = await member(viewer.user_id)
    if who is None:
        raise NotFound
    settings = get_settings()
    return page(
        request,
        "privacy/erasure.html",
        status=status,
        viewer=viewer,
        form=form,
        effect=await consequences_of(who, now),
        two_factor=await is_on(viewer.user_id),
        grace=settings.erasure_grace_days,
        order_years=settings.retention_order_years,
        event_days=settings.retention_payment_event_days,
    )
