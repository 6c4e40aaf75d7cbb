"""Groups, and the names of them and of the organization. Names are generated, unless the plan lets people choose."""

from datetime import datetime
from uuid import UUID

from app.auth import groups, organizations
from app.auth.names import group_name
from app.auth.permissions import Permission
from app.auth.security_log import note
from app.auth.viewer import Viewer
from app.billing.limits import feature
from app.core import db
from app.core.errors import Conflict
from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.teams.locking import Team, lock_team
from app.teams.queries import any_open_invitation

MOST_GROUPS = 200


async def may_name(organization_id: UUID, now: datetime) -> bool:
    """Whether the organization's plan lets it choose names."""
    return (await feature(organization_id, now)).own_names


async def add_group(
    viewer: Viewer, group_id: UUID, name: str, now: datetime, ip: str | None = None
) -> None:
    """Add a group; its `name` counts only where names may be chosen. Doing it again with the same id does nothing.

    Raises FieldError at `name`, Conflict, NotFound when the id is another's.
    """
    async with db.transaction():
        team = await lock_team(viewer)
        if len(team.groups) >= MOST_GROUPS:
            raise Conflict(_("That are too many groups."))
        taken = [group.name for group in team.groups if group.id != group_id]
        chosen = await may_name(team.organization.id, now)
        name = _checked(name, taken) if chosen else group_name(taken)
        if await groups.make_group(group_id, team.organization.id, name, now):
            await note("group-added", now, user_id=viewer.user_id, ip=ip, group=name)


async def rename_group(
    viewer: Viewer, group_id: UUID, name: str, now: datetime, ip: str | None = None
) -> None:
    """Raises FieldError at `name`, Conflict when the plan generates names, NotFound."""
    async with db.transaction():
        team = await _lock_for_naming(viewer, Permission.MANAGE_TEAM, now)
        before = team.group(group_id).name
        taken = [group.name for group in team.groups if group.id != group_id]
        await groups.rename_group(group_id, team.organization.id, _checked(name, taken))
        said = {"before": before, "after": name}
        await note("group-renamed", now, user_id=viewer.user_id, ip=ip, **said)


async def remove_group(
    viewer: Viewer, group_id: UUID, now: datetime, ip: str | None = None
) -> None:
    """Remove a group that is empty. Raises NotFound, Conflict for one that is not, and for the last one."""
    async with db.transaction():
        team = await lock_team(viewer)
        group = team.group(group_id)
        if len(team.groups) == 1:
            raise Conflict(_("An organization keeps at least one group."))
        if await any_open_invitation(group.id, now):
            raise Conflict(_("Somebody is invited into this group. Withdraw that first."))
        await groups.remove_group(group.id, team.organization.id)
        await note("group-removed", now, user_id=viewer.user_id, ip=ip, group=group.name)


async def rename_organization(
    viewer: Viewer, name: str, now: datetime, ip: str | None = None
) -> None:
    """Raises Conflict when the plan generates names, NotFound."""
    async with db.transaction():
        team = await _lock_for_naming(viewer, Permission.MANAGE_ORGANIZATION, now)
        await organizations.rename_organization(team.organization.id, name)
        said = {"before": team.organization.name, "after": name}
        await note("organization-renamed", now, user_id=viewer.user_id, ip=ip, **said)


async def _lock_for_naming(viewer: Viewer, permission: Permission, now: datetime) -> Team:
    team = await lock_team(viewer, permission)
    if not await may_name(team.organization.id, now):
        raise Conflict(_("Names are generated on your plan. Enterprise lets you choose them."))
    return team


def _checked(name: str, taken: list[str]) -> str:
    if name.casefold() in {other.casefold() for other in taken}:
        raise FieldError("name", _("There is a group of that name already."))
    return name
