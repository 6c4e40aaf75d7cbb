"""People for other modules: who did something, and who is written to about their organization."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

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
