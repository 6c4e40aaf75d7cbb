"""`/signup`: a new account is logged in straight away.

An address that is taken gets no error. With the right password it is the same person again (a form sent twice), who
is logged in. Otherwise the page says to look into the mailbox, and the mail there tells the owner what happened. So
nothing in words tells a stranger who has an account; that a free address is logged in at once remains visible, at the
price of making that account, of a mail to its owner, and within the rate limit.
"""

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named

from app.auth import emails
from app.auth.accounts import AccountExists, account_of, sign_up
from app.auth.address_emails import address_kept
from app.auth.addresses.changes import kept_until
from app.auth.controllers.answers import (
    AnyRequest,
    first_step_done,
    logged_in,
    too_many,
    whose_password,
)
from app.auth.forms import SignUpForm
from app.auth.limiting import limit_logins, limit_sign_ups
from app.auth.redirects import after_login
from app.auth.viewing import viewer_of
from app.core.errors import TooManyRequests
from app.core.forms import Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import page, redirect

TEMPLATE = "auth/signup.html"


class SignUpController(Controller):
    path = "/signup"

    @get()
    async def show(self, request: AnyRequest) -> Response[str]:
        target = request.query_params.get("next", "")
        if viewer_of(request):
            return redirect(request, after_login(target))
        return page(request, TEMPLATE, form=Form[SignUpForm](values={"next": target}))

    @post()
    async def create(self, request: AnyRequest, now: Named[datetime]) -> Response[str]:
        form = await read_form(request, SignUpForm)
        try:
            await limit_sign_ups(request)
            if form.data is None:
                return page(request, TEMPLATE, status=422, form=form)
            data = form.data
            if data.from_robot("an account"):
                return _check_mail(request, data.email)
            try:
                viewer = await sign_up(
                    data.email,
                    data.password,
                    data.name,
                    now,
                    zone=data.zone,
                    ip=client_address(request),
                )
            except AccountExists:
                return await self._known(request, data, now)
        except TooManyRequests as error:
            return too_many(request, TEMPLATE, form, error)
        toast = _("Welcome to Mayfly. Your account is ready.")
        return await logged_in(request, viewer.user_id, now, data.next, toast)

    async def _known(self, request: AnyRequest, data: SignUpForm, now: datetime) -> Response[str]:
        await limit_logins(request)
        user_id = await whose_password(request, data.email, data.password, now)
        if user_id is not None:
            return await first_step_done(request, user_id, now, data.next)
        account = await account_of(data.email)
        if account is not None:
            await emails.account_exists(account.user_id, account.email, now)
        elif until := await kept_until(data.email, now):
            await address_kept(data.email, until)
        return _check_mail(request, data.email)


def _check_mail(request: AnyRequest, email: str) -> Response[str]:
    return page(request, "auth/check_mail.html", email=email, form=Form[SignUpForm]())
