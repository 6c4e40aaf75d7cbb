"""`/console/team/members`: what one person may do, in which group, and whether they stay."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Response, get, post, route
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import load_viewer, requires
from app.core.errors import Conflict
from app.core.forms import read_form
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address
from app.core.rendering import fragments, is_htmx, page, redirect
from app.teams import changing
from app.teams.controllers.views import HOME, Request_, group_options, member_form, team_of, words
from app.teams.forms import GroupOfForm, RolesForm


class MemberController(Controller):
    path = f"{HOME}/members/{{member_id:uuid}}"
    guards = [requires(Permission.MANAGE_TEAM)]

    @get()
    async def show(
        self, request: Request_, viewer: Named[Viewer], member_id: FromPath[UUID]
    ) -> Response[str]:
        return await _show(request, viewer, member_id)

    @post("/roles", status_code=200)
    async def change_roles(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        member_id: FromPath[UUID],
    ) -> Response[str]:
        form = await read_form(request, RolesForm)
        if form.data is None:
            return await _show(request, viewer, member_id, 422, roles=form)
        roles = frozenset(role.value for role in form.data.roles)
        ip = client_address(request)
        verb = changing.change_roles(viewer, member_id, roles, now, ip)
        return await _do(request, viewer, member_id, now, verb, _("The roles are saved."))

    @post("/group", status_code=200)
    async def move(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        member_id: FromPath[UUID],
    ) -> Response[str]:
        form = await read_form(request, GroupOfForm)
        if form.data is None:
            return await _show(request, viewer, member_id, 422, group=form)
        verb = changing.move(viewer, member_id, form.data.group, now, client_address(request))
        return await _do(request, viewer, member_id, now, verb, _("Moved."))

    @post("/ownership", guards=[requires(Permission.MANAGE_ORGANIZATION)], status_code=200)
    async def hand_over(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        member_id: FromPath[UUID],
    ) -> Response[str]:
        verb = changing.hand_over(viewer, member_id, now, client_address(request))
        done = _("The organization is handed over. You stay an admin.")
        return await _do(request, viewer, member_id, now, verb, done)

    # POST is what a form without scripts can send.
    @route(http_method=["DELETE", "POST"], status_code=200)
    async def remove(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        member_id: FromPath[UUID],
    ) -> Response[str]:
        try:
            await changing.remove(viewer, member_id, now, client_address(request))
        except Conflict as error:
            return await _show(request, viewer, member_id, error.status, problem=error.message)
        if member_id == viewer.user_id:
            return redirect(request, "/login", toast=_("You have left the team. Please log in."))
        done = _("Removed. What they made stays with the group.")
        return redirect(request, HOME, toast=done)


async def _do(
    request: Request_,
    viewer: Viewer,
    member_id: UUID,
    now: datetime,
    verb: Awaitable[object],
    done: str,
) -> Response[str]:
    try:
        await verb
    except Conflict as error:
        return await _show(request, viewer, member_id, error.status, problem=error.message)
    # Whoever changed their own roles may not see this page any more.
    assert viewer.session_id is not None
    present = await load_viewer(viewer.session_id, viewer.user_id, now)
    if present is None or not present.can(Permission.MANAGE_TEAM):
        return redirect(request, "/console", toast=done)
    if not is_htmx(request):
        return redirect(request, f"{HOME}/members/{member_id}", toast=done)
    return await _show(request, present, member_id, toast=done)


async def _show(
    request: Request_, viewer: Viewer, member_id: UUID, status: int = 200, **given: Any
) -> Response[str]:
    team = await team_of(viewer)
    member = team.member(member_id)
    form = member_form(member.roles, member.group_id)
    context: dict[str, Any] = {
        **words(),
        "viewer": viewer,
        "team": team,
        "group_options": group_options(team),
        "member": member,
        "owner": team.owns(member),
        "viewer_owns": team.organization.owner_id == viewer.user_id,
        "roles": form,
        "group": form,
        "problem": "",
        **given,
    }
    if is_htmx(request):
        toast = given.get("toast")
        return fragments(request, ("teams/_member.html", context), status=status, toast=toast)
    return page(request, "teams/member.html", status=status, **context)
