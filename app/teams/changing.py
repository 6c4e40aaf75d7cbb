"""Changing who may do what: roles, groups, leaving, and whose the organization is.

Each locks the organization first, so of two changes at the same moment the second sees what the first has left. What
people made stays with the group they made it in.
"""

from datetime import datetime
from uuid import UUID

from app.auth.groups import make_group
from app.auth.members import Member, place
from app.auth.names import GROUP_NAME
from app.auth.organizations import make_organization, set_owner
from app.auth.permissions import RoleName
from app.auth.security_log import note
from app.auth.sessions import end_sessions
from app.auth.viewer import Viewer
from app.core import db
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.teams import emails
from app.teams.locking import Team, lock_team
from app.teams.wording import in_order

ADMIN = frozenset({RoleName.ADMIN.value})


async def change_roles(
    viewer: Viewer, member_id: UUID, roles: frozenset[str], now: datetime, ip: str | None = None
) -> bool:
    """Give a member of the viewer's organization these roles and no others; return whether anything changed.

    Raises NotFound, and Conflict for the owner and the last admin, who stay admins.
    """
    async with db.transaction():
        team = await lock_team(viewer)
        member = team.member(member_id)
        if roles == member.roles:
            return False
        if RoleName.ADMIN not in roles:
            _may_lose_admin(team, member)
        await place(member.id, member.organization_id, member.group_id, roles, now)
        said = {"before": ",".join(in_order(member.roles)), "after": ",".join(in_order(roles))}
        await note("roles-changed", now, user_id=member.id, ip=ip, by=viewer.email, **said)
        if member.id != viewer.user_id:
            group = team.group(member.group_id).name
            await emails.changed(member, team.organization.name, group, roles, viewer)
    return True


async def move(
    viewer: Viewer, member_id: UUID, group_id: UUID, now: datetime, ip: str | None = None
) -> bool:
    """Move a member into another group of the viewer's organization, with the same roles; return whether they moved.

    Raises NotFound.
    """
    async with db.transaction():
        team = await lock_team(viewer)
        member, group = team.member(member_id), team.group(group_id)
        if member.group_id == group.id:
            return False
        await place(member.id, member.organization_id, group.id, member.roles, now)
        said = {"before": team.group(member.group_id).name, "after": group.name}
        await note("group-changed", now, user_id=member.id, ip=ip, by=viewer.email, **said)
        if member.id != viewer.user_id:
            await emails.changed(member, team.organization.name, group.name, member.roles, viewer)
    return True


async def remove(viewer: Viewer, member_id: UUID, now: datetime, ip: str | None = None) -> None:
    """Take somebody out of the viewer's organization: their sessions end, and their account has an empty one of its own.

    Raises NotFound, and Conflict for the owner and the last admin.
    """
    async with db.transaction():
        team = await lock_team(viewer)
        member = team.member(member_id)
        _may_leave(team, member)
        await _send_home(member, now)
        await end_sessions(member.id, now, cause="removed")
        said = {"by": viewer.email, "organization": team.organization.name}
        await note("team-removed", now, user_id=member.id, ip=ip, **said)
        await emails.removed(member, team.organization.name, viewer)


async def hand_over(viewer: Viewer, member_id: UUID, now: datetime, ip: str | None = None) -> None:
    """Make a member the owner, and an admin. Only the owner can. Raises NotFound, Conflict."""
    async with db.transaction():
        team = await lock_team(viewer)
        member = team.member(member_id)
        if team.organization.owner_id != viewer.user_id:
            raise Conflict(_("Only the owner can hand the organization over."))
        if member.id == viewer.user_id:
            raise Conflict(_("You own this organization already."))
        if not member.verified:
            raise Conflict(_("This person must confirm their e-mail address first."))
        if not await set_owner(team.organization.id, viewer.user_id, member.id):
            raise Conflict
        await place(member.id, member.organization_id, member.group_id, member.roles | ADMIN, now)
        said = {"organization": team.organization.name}
        await note("ownership-given", now, user_id=viewer.user_id, ip=ip, to=member.email, **said)
        await note("ownership-taken", now, user_id=member.id, ip=ip, by=viewer.email, **said)
        await emails.handed_over(member, team.organization.name, viewer)


def _may_lose_admin(team: Team, member: Member) -> None:
    if team.owns(member):
        raise Conflict(_("The owner stays an admin. Hand the organization over first."))
    if RoleName.ADMIN in member.roles and not team.other_admins(member):
        raise Conflict(_("The last admin stays one: somebody must be able to manage the team."))


def _may_leave(team: Team, member: Member) -> None:
    if team.owns(member):
        raise Conflict(_("The owner can't be removed. Hand the organization over first."))
    _may_lose_admin(team, member)


async def _send_home(member: Member, now: datetime) -> None:
    """Give somebody without a team an organization of their own, as a new account has."""
    organization_id, group_id = await make_organization(member.id, now), new_id()
    await make_group(group_id, organization_id, GROUP_NAME, now)
    await place(member.id, organization_id, group_id, ADMIN, now)
