"""`/console/team`: everyone in the organization, who is invited, its groups and its name."""

from datetime import datetime

from litestar import Controller, Response, get, post
from litestar.di import NamedDependency as Named

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.forms import read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.teams import grouping
from app.teams.controllers.views import HOME, Request_, do, show_team
from app.teams.forms import OrganizationForm


class TeamController(Controller):
    path = HOME
    guards = [requires(Permission.MANAGE_TEAM)]

    @get()
    async def show(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        return await show_team(request, viewer, now)

    @post("/name", guards=[requires(Permission.MANAGE_ORGANIZATION)], status_code=200)
    async def rename(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """Rename the organization, where the plan lets one choose names."""
        form = await read_form(request, OrganizationForm)
        if form.data is None:
            return await show_team(request, viewer, now, 422, organization_form=form)
        ip = client_address(request)
        verb = grouping.rename_organization(viewer, form.data.organization, now, ip)
        return await do(request, viewer, now, verb, _("Renamed."))
