"""Groups of an organization; each has the five roles of its own."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from app.auth.permissions import RoleName
from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.ids import new_id


@dataclass(frozen=True)
class Group:
    """A group; `members` is how many there are."""

    id: UUID
    name: str
    members: int


async def groups_of(organization_id: UUID) -> Sequence[Group]:
    """Return the groups of an organization, the oldest first."""
    rows = await db.fetch(
        """SELECT g.id, g.name, (SELECT count(*) FROM "user" u WHERE u.group_id = g.id) AS members
           FROM "group" g WHERE g.organization_id = $1 ORDER BY g.created_at, g.id""",
        organization_id,
    )
    return [Group(**dict(row)) for row in rows]


async def make_group(group_id: UUID, organization_id: UUID, name: str, now: datetime) -> bool:
    """Make a group with its roles; return False when there is one of that id. Raises NotFound when it is another's."""
    async with db.transaction():
        made = await db.execute(
            """INSERT INTO "group" (id, organization_id, name, created_at) VALUES ($1, $2, $3, $4)
               ON CONFLICT (id) DO NOTHING""",
            *(group_id, organization_id, name, now),
        )
        if not made:
            await _require(group_id, organization_id)
            return False
        roles = [role.value for role in RoleName]
        await db.execute(
            "INSERT INTO role (id, group_id, name) SELECT g.id, $1, g.name FROM unnest($2::uuid[], $3::text[]) AS g (id, name)",
            *(group_id, [new_id() for _role in roles], roles),
        )
    return True


async def rename_group(group_id: UUID, organization_id: UUID, name: str) -> None:
    """Raises NotFound."""
    changed = await db.execute(
        'UPDATE "group" SET name = $3 WHERE id = $1 AND organization_id = $2',
        *(group_id, organization_id, name),
    )
    if not changed:
        raise NotFound


async def remove_group(group_id: UUID, organization_id: UUID) -> None:
    """Remove a group that nobody is in and that owns nothing. Raises NotFound, Conflict."""
    async with db.transaction() as connection:
        await _require(group_id, organization_id)
        try:
            async with connection.transaction():
                await connection.execute('DELETE FROM "group" WHERE id = $1', group_id)
        except asyncpg.IntegrityConstraintViolationError:
            raise Conflict(
                _("This group has people, pages or products. Only an empty one can be removed.")
            ) from None


async def _require(group_id: UUID, organization_id: UUID) -> None:
    if not await db.fetch_value(
        'SELECT EXISTS (SELECT 1 FROM "group" WHERE id = $1 AND organization_id = $2)',
        *(group_id, organization_id),
    ):
        raise NotFound
