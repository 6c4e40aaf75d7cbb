"""`/console/team/invitations`: inviting somebody, once more, and taking it back."""

from datetime import datetime
from uuid import UUID

from litestar import Controller, Response, post, route
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.limiting import limit_account
from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import MayflyError, NotFound
from app.core.forms import FORM_LEVEL, FieldError, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import is_htmx, redirect
from app.teams import inviting
from app.teams.controllers.views import HOME, Request_, do, refusal, show_team
from app.teams.forms import InviteForm

# Each is a mail to somebody who did not ask for it.
INVITATIONS = "60/hour"


class InvitationController(Controller):
    path = f"{HOME}/invitations"
    guards = [requires(Permission.MANAGE_TEAM)]

    @post(status_code=200)
    async def create(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        await limit_account(request, "invitation", INVITATIONS, viewer.organization_id)
        form = await read_form(request, InviteForm)
        if form.data is None:
            return await show_team(request, viewer, now, 422, invite=form)
        asked, ip = form.data, client_address(request)
        roles = frozenset(role.value for role in asked.roles)
        try:
            await inviting.invite(viewer, asked.id, asked.email, asked.group, roles, now, ip)
        except FieldError as error:
            form.take(error)
            return await show_team(request, viewer, now, 422, invite=form)
        except NotFound:
            raise
        except MayflyError as error:
            form.add(FORM_LEVEL, error.message)
            said = {"full": refusal(error)["full"]}
            return await show_team(request, viewer, now, error.status, invite=form, **said)
        done = _("The invitation is on its way to %(email)s.", email=asked.email)
        if not is_htmx(request):
            return redirect(request, HOME, toast=done)
        return await show_team(request, viewer, now, toast=done)

    @post("/{invitation_id:uuid}/sending", status_code=200)
    async def send_again(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        invitation_id: FromPath[UUID],
    ) -> Response[str]:
        await limit_account(request, "invitation", INVITATIONS, viewer.organization_id)
        verb = inviting.invite_again(viewer, invitation_id, now, client_address(request))
        done = _("Sent again. The link in the earlier mail no longer works.")
        return await do(request, viewer, now, verb, done)

    # POST is what a form without scripts can send.
    @route("/{invitation_id:uuid}", http_method=["DELETE", "POST"], status_code=200)
    async def withdraw(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        invitation_id: FromPath[UUID],
    ) -> Response[str]:
        verb = inviting.withdraw(viewer, invitation_id, now, client_address(request))
        return await do(request, viewer, now, verb, _("The invitation is withdrawn."))
