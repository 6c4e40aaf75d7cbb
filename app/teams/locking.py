"""The team as it is while this transaction alone may change it."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from app.auth.groups import Group, groups_of
from app.auth.members import Member, members_of
from app.auth.organizations import Organization, lock_organizations
from app.auth.permissions import Permission, RoleName
from app.auth.viewer import Viewer
from app.core.errors import NotFound


@dataclass(frozen=True)
class Team:
    """An organization with its groups and people."""

    organization: Organization
    groups: Sequence[Group]
    members: dict[UUID, Member]

    def member(self, user_id: UUID) -> Member:
        """Raises NotFound for somebody of another organization."""
        if user_id not in self.members:
            raise NotFound
        return self.members[user_id]

    def group(self, group_id: UUID) -> Group:
        """Raises NotFound for a group of another organization."""
        found = next((group for group in self.groups if group.id == group_id), None)
        if found is None:
            raise NotFound
        return found

    def owns(self, member: Member) -> bool:
        return member.id == self.organization.owner_id

    def other_admins(self, member: Member) -> bool:
        """Whether there is an admin besides `member`."""
        admins = {one.id for one in self.members.values() if RoleName.ADMIN in one.roles}
        return bool(admins - {member.id})


async def lock_team(viewer: Viewer, permission: Permission = Permission.MANAGE_TEAM) -> Team:
    """Lock the viewer's organization and read it.

    Raises NotFound when the viewer has lost the right to change it since the request came in.
    """
    locked = await lock_organizations([viewer.organization_id])
    team = await read_team(locked[viewer.organization_id])
    if not team.member(viewer.user_id).can(permission):
        raise NotFound
    return team


async def read_team(organization: Organization) -> Team:
    """Read an organization's groups and people, in two statements."""
    members = {one.id: one for one in await members_of(organization.id)}
    return Team(organization, await groups_of(organization.id), members)
