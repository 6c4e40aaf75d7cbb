"""What the templates of teams take, and answering with them."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request, Response

from app.auth.organizations import organization_of
from app.auth.viewer import Viewer
from app.billing.limits import Limit, LimitReached
from app.billing.remembering import known_plan
from app.core.errors import MayflyError, NotFound
from app.core.forms import Form
from app.core.ids import new_id
from app.core.rendering import fragments, is_htmx, page, redirect
from app.notifications.newest import newest_about
from app.teams.locking import Team, read_team
from app.teams.queries import open_invitations
from app.teams.wording import role_label, role_options, roles_text

Request_ = Request[Any, Any, Any]

HOME = "/console/team"


async def team_of(viewer: Viewer) -> Team:
    return await read_team(await organization_of(viewer.organization_id))


def words() -> dict[str, Any]:
    return {"role_label": role_label, "roles_text": roles_text, "role_options": role_options()}


async def team_context(viewer: Viewer, now: datetime, **given: Any) -> dict[str, Any]:
    """What `teams/show.html` and its fragment take; `given` are forms that were sent, and a `problem`."""
    team = await team_of(viewer)
    invitations = await open_invitations(team.organization.id)
    plan = await known_plan(team.organization.id, now)
    waiting = [one for one in invitations if not one.expired(now)]
    return {
        **words(),
        "viewer": viewer,
        "team": team,
        "group_options": group_options(team),
        "now": now,
        "invitations": invitations,
        "fates": await newest_about([one.id for one in invitations]) if invitations else {},
        "size": len(team.members) + len(waiting),
        "most": plan.allows(Limit.TEAM_SIZE),
        "plan": plan,
        "invite": fresh_invitation(viewer),
        "group_form": Form[Any](values={"id": str(new_id())}),
        "organization_form": Form[Any](values={"organization": team.organization.name}),
        "problem": "",
        "full": False,
        **given,
    }


def group_options(team: Team) -> list[tuple[str, str]]:
    """What a form offers to choose a group from."""
    return [(str(group.id), group.name) for group in team.groups]


def fresh_invitation(viewer: Viewer) -> Form[Any]:
    values = {"id": str(new_id()), "group": str(viewer.group_id), "roles": ["editor"]}
    return Form(values=values)


async def show_team(
    request: Request_, viewer: Viewer, now: datetime, status: int = 200, **given: Any
) -> Response[str]:
    """The team as it is now, as a page or a fragment."""
    context = await team_context(viewer, now, **given)
    if is_htmx(request):
        toast = given.get("toast")
        return fragments(request, ("teams/_team.html", context), status=status, toast=toast)
    return page(request, "teams/show.html", status=status, **context)


async def do(
    request: Request_, viewer: Viewer, now: datetime, verb: Awaitable[object], done: str
) -> Response[str]:
    """Do a verb and show the team as it is then; what stands against it is said on top."""
    try:
        await verb
    except NotFound:
        raise
    except MayflyError as error:
        return await show_team(request, viewer, now, error.status, **refusal(error))
    if not is_htmx(request):
        return redirect(request, HOME, toast=done)
    return await show_team(request, viewer, now, toast=done)


def refusal(error: MayflyError) -> dict[str, Any]:
    """What a template says of an error: its words, and whether a larger plan would help."""
    return {"problem": error.message, "full": isinstance(error, LimitReached)}


def member_form(roles: frozenset[str], group_id: UUID) -> Form[Any]:
    return Form(values={"roles": sorted(roles), "group": str(group_id)})
