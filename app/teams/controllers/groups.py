"""`/console/team/groups`: a new group, one group's name, and its end."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post, route
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Conflict
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import fragments, is_htmx, page, redirect
from app.teams import grouping
from app.teams.controllers.views import HOME, Request_, do, show_team, team_of, words
from app.teams.forms import GroupNameForm, NewGroupForm, PlainGroupForm


class GroupController(Controller):
    path = f"{HOME}/groups"
    guards = [requires(Permission.MANAGE_TEAM)]

    @post(status_code=200)
    async def create(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        named = await grouping.may_name(viewer.organization_id, now)
        form: Form[Any] = await read_form(request, NewGroupForm if named else PlainGroupForm)
        if form.data is None:
            return await show_team(request, viewer, now, 422, group_form=form)
        name = form.data.name if named else ""
        verb = grouping.add_group(viewer, form.data.id, name, now, client_address(request))
        try:
            return await do(request, viewer, now, verb, _("The group is there."))
        except FieldError as error:
            form.take(error)
            return await show_team(request, viewer, now, 422, group_form=form)

    @get("/{group_id:uuid}")
    async def show(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        group_id: FromPath[UUID],
    ) -> Response[str]:
        return await _show(request, viewer, group_id, now)

    @post("/{group_id:uuid}/name", status_code=200)
    async def rename(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        group_id: FromPath[UUID],
    ) -> Response[str]:
        form = await read_form(request, GroupNameForm)
        if form.data is None:
            return await _show(request, viewer, group_id, now, 422, form=form)
        try:
            ip = client_address(request)
            await grouping.rename_group(viewer, group_id, form.data.name, now, ip)
        except FieldError as error:
            form.take(error)
            return await _show(request, viewer, group_id, now, 422, form=form)
        except Conflict as error:
            return await _show(request, viewer, group_id, now, error.status, problem=error.message)
        if not is_htmx(request):
            return redirect(request, f"{HOME}/groups/{group_id}", toast=_("Renamed."))
        return await _show(request, viewer, group_id, now, toast=_("Renamed."))

    # POST is what a form without scripts can send.
    @route("/{group_id:uuid}", http_method=["DELETE", "POST"], status_code=200)
    async def remove(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        group_id: FromPath[UUID],
    ) -> Response[str]:
        try:
            await grouping.remove_group(viewer, group_id, now, client_address(request))
        except Conflict as error:
            return await _show(request, viewer, group_id, now, error.status, problem=error.message)
        return redirect(request, HOME, toast=_("The group is removed."))


async def _show(
    request: Request_,
    viewer: Viewer,
    group_id: UUID,
    now: datetime,
    status: int = 200,
    **given: Any,
) -> Response[str]:
    team = await team_of(viewer)
    group = team.group(group_id)
    context: dict[str, Any] = {
        **words(),
        "team": team,
        "group": group,
        "people": [one for one in team.members.values() if one.group_id == group.id],
        "may_name": await grouping.may_name(team.organization.id, now),
        "form": Form[Any](values={"name": group.name}),
        "problem": "",
        **given,
    }
    if is_htmx(request):
        toast = given.get("toast")
        return fragments(request, ("teams/_group.html", context), status=status, toast=toast)
    return page(request, "teams/group.html", status=status, **context)
