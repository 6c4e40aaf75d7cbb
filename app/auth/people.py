"""People for other modules: who did something, and who is written to about their organization."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.auth.permissions import MATRIX, Permission
from app.core.db import fetch


async def names_of(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return each known user's name, or their address when they gave none. The caller has checked the group."""
    rows = await fetch(
        """SELECT id, coalesce(nullif(name, ''), email) AS name FROM "user" WHERE id = ANY($1::uuid[])""",
        list(user_ids),
    )
    return {row["id"]: row["name"] for row in rows}


@dataclass(frozen=True)
class Person:
    """Somebody to write to."""

    user_id: UUID
    email: str
    name: str


async def admins_of(organization_id: UUID) -> list[Person]:
    """Return who may decide for an organization, those longest with it first."""
    rows = await fetch(
        """SELECT DISTINCT u.id AS user_id, u.email, u.name FROM "user" u
           JOIN user_role held ON held.user_id = u.id JOIN role r ON r.id = held.role_id
           WHERE u.organization_id = $1 AND r.group_id = u.group_id AND r.name = 'admin' ORDER BY u.id""",
        organization_id,
    )
    return [Person(**dict(row)) for row in rows]


@dataclass(frozen=True)
class Reader:
    """Somebody who reads mails about their group: `zone` is "" while nobody knows it."""

    user_id: UUID
    email: str
    zone: str
    verified: bool


_READERS = (
    'SELECT u.id AS user_id, u.email, u.zone, u.verified_at IS NOT NULL AS verified FROM "user" u'
)


async def who_may(permission: Permission, group_id: UUID) -> list[Reader]:
    """Return the members of a group who hold a permission and whose address is confirmed."""
    roles = [role.value for role, allowed in MATRIX.items() if permission in allowed]
    rows = await fetch(
        f"""{_READERS} WHERE u.group_id = $1 AND u.verified_at IS NOT NULL AND EXISTS (
              SELECT 1 FROM user_role held JOIN role r ON r.id = held.role_id
              WHERE held.user_id = u.id AND r.group_id = u.group_id AND r.name = ANY($2::text[]))
            ORDER BY u.id""",  # noqa: S608 - own text
        *(group_id, roles),
    )
    return [Reader(**dict(row)) for row in rows]


async def readers_of(user_ids: Iterable[UUID]) -> dict[UUID, Reader]:
    """Return these people as they are now."""
    rows = await fetch(f"{_READERS} WHERE u.id = ANY($1::uuid[])", list(user_ids))
    return {row["user_id"]: Reader(**dict(row)) for row in rows}
