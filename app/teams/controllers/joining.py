"""`/invitations/{token}`: what an invitation's mail leads to.

Who has no account makes one for the address that was invited; who has one logs in with it and confirms.
"""

from datetime import datetime
from typing import Any

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.accounts import account_of
from app.auth.controllers.answers import logged_in
from app.auth.limiting import limit_link
from app.auth.organizations import organization_of
from app.auth.passwords import check_new_password
from app.auth.viewer import Viewer
from app.auth.viewing import viewer_of
from app.billing.limits import LimitReached
from app.core.errors import Conflict
from app.core.forms import FORM_LEVEL, FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address, limit
from app.core.rendering import page, redirect
from app.teams import accepting
from app.teams.controllers.views import Request_, words
from app.teams.forms import JoinForm
from app.teams.queries import InvitationView

TRIES = "30/hour"
# The link is a secret: no other site may learn it from a Referer.
SECRET = {"Referrer-Policy": "no-referrer"}


class JoiningController(Controller):
    path = "/invitations/{token:str}"
    response_headers = SECRET

    @get()
    async def show(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        invitation = await accepting.find_invitation(token, now)
        return await _show(request, token, invitation, now)

    @post("/account", status_code=200)
    async def sign_up(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        """Make an account for the invited address and log it in."""
        await limit(request, "invitation-use", TRIES)
        invitation = await accepting.find_invitation(token, now)
        await limit_link(request, "invitation-use", invitation.id)
        form = await read_form(request, JoinForm)
        if form.data is not None:
            try:
                check_new_password(form.data.password, email=invitation.email)
            except FieldError as error:
                form.take(error)
        if form.data is None or form.errors:
            return await _show(request, token, invitation, now, 422, form=form)
        ip = client_address(request)
        try:
            user_id = await accepting.accept_as_newcomer(
                invitation, form.data.name, form.data.password, now, ip, zone=form.data.zone
            )
        except (Conflict, LimitReached) as error:
            form.add(FORM_LEVEL, _to_invited(error))
            return await _show(request, token, invitation, now, error.status, form=form)
        done = _("Welcome to %(name)s.", name=invitation.organization)
        return await logged_in(request, user_id, now, "/console", done)

    @post("/acceptance", status_code=200)
    async def accept(
        self, request: Request_, now: Named[datetime], token: FromPath[str]
    ) -> Response[str]:
        """Move the one who is logged in."""
        await limit(request, "invitation-use", TRIES)
        invitation = await accepting.find_invitation(token, now)
        await limit_link(request, "invitation-use", invitation.id)
        viewer = viewer_of(request)
        if viewer is None:
            return redirect(request, f"/login?next=/invitations/{token}")
        try:
            await accepting.accept_as_member(invitation, viewer, now, client_address(request))
        except (Conflict, LimitReached) as error:
            said = {"problem": _to_invited(error)}
            return await _show(request, token, invitation, now, error.status, **said)
        done = _("Welcome to %(name)s.", name=invitation.organization)
        return redirect(request, "/console", toast=done)


def _to_invited(error: Conflict | LimitReached) -> str:
    """Say an error to somebody who can't choose the organization's plan."""
    if isinstance(error, LimitReached):
        return _("The team is full. Please ask whoever invited you to make room.")
    return error.message


async def _show(
    request: Request_,
    token: str,
    invitation: InvitationView,
    now: datetime,
    status: int = 200,
    **given: Any,
) -> Response[str]:
    viewer = viewer_of(request)
    context: dict[str, Any] = {
        **words(),
        "token": token,
        "invitation": invitation,
        "viewer": viewer,
        "known": viewer is not None or await account_of(invitation.email) is not None,
        "form": Form[Any](),
        "problem": "",
        "leaves": "",
        **given,
    }
    if viewer is not None:
        context |= await _standing(invitation, viewer, now)
        context["problem"] = given.get("problem") or context["problem"]
    return page(request, "teams/join.html", status=status, **context)


async def _standing(invitation: InvitationView, viewer: Viewer, now: datetime) -> dict[str, Any]:
    """What accepting would mean for who is logged in: what is against it, or which organization they leave."""
    own = await organization_of(viewer.organization_id)
    problem = await accepting.obstacle(invitation, viewer, own, now)
    stranger = viewer.email.casefold() != invitation.email.casefold()
    ends = own.owner_id == viewer.user_id
    return {"problem": problem, "stranger": stranger, "leaves": own.name, "ends": ends}
