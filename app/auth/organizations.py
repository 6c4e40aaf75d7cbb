"""Organizations: who owns one, its name, and its end. Exactly one of its members owns it, and is an admin."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

import asyncpg

from app.auth.names import organization_name
from app.core import db
from app.core.errors import NotFound
from app.core.ids import new_id


@dataclass(frozen=True)
class Organization:
    """An organization; `owner_id` is None only when nobody is in it."""

    id: UUID
    name: str
    owner_id: UUID | None


# What the previous version made, and what lost its owner, belongs to the first admin.
_OWNER = """coalesce(o.owner_id, (
  SELECT u.id FROM "user" u JOIN user_role held ON held.user_id = u.id
    JOIN role r ON r.id = held.role_id AND r.group_id = u.group_id AND r.name = 'admin'
  WHERE u.organization_id = o.id ORDER BY u.created_at, u.id LIMIT 1))"""


async def organization_of(organization_id: UUID) -> Organization:
    """Return an organization. Raises NotFound."""
    row = await db.fetch_one(
        f"SELECT o.id, o.name, {_OWNER} AS owner_id FROM organization o WHERE o.id = $1",  # noqa: S608 - own text
        organization_id,
    )
    if row is None:
        raise NotFound
    return Organization(**dict(row))


async def lock_organizations(organization_ids: Iterable[UUID]) -> dict[UUID, Organization]:
    """Let this transaction alone change who is in these organizations, until it ends; one after the other by id.

    What the members make meanwhile is not held up. Raises NotFound.
    """
    found: dict[UUID, Organization] = {}
    for organization_id in sorted(set(organization_ids)):
        row = await db.fetch_one(
            f"UPDATE organization o SET owner_id = {_OWNER} WHERE o.id = $1 RETURNING o.id, o.name, o.owner_id",  # noqa: S608 - own text
            organization_id,
        )
        if row is None:
            raise NotFound
        found[organization_id] = Organization(**dict(row))
    return found


async def make_organization(owner_id: UUID, now: datetime) -> UUID:
    """Make an organization with a generated name. Its owner is still to be placed in it."""
    organization_id = new_id()
    await db.execute(
        "INSERT INTO organization (id, name, owner_id, created_at) VALUES ($1, $2, $3, $4)",
        *(organization_id, organization_name(), owner_id, now),
    )
    return organization_id


async def rename_organization(organization_id: UUID, name: str) -> None:
    await db.execute("UPDATE organization SET name = $2 WHERE id = $1", organization_id, name)


async def set_owner(organization_id: UUID, before: UUID, after: UUID) -> bool:
    """Make `after` the owner if `before` still is; return whether."""
    changed = await db.execute(
        "UPDATE organization SET owner_id = $3 WHERE id = $1 AND owner_id = $2",
        *(organization_id, before, after),
    )
    return bool(changed)


async def dissolve(organization_id: UUID) -> bool:
    """Remove an organization that its last member has left, with its groups; return False when anything refers to it
    still (old bills, say): then it stays behind, empty and without an owner."""
    async with db.transaction() as connection:
        await connection.execute(
            "UPDATE organization SET owner_id = NULL WHERE id = $1", organization_id
        )
        try:
            async with connection.transaction():
                await connection.execute(
                    'DELETE FROM "group" WHERE organization_id = $1', organization_id
                )
                await connection.execute("DELETE FROM organization WHERE id = $1", organization_id)
        except asyncpg.IntegrityConstraintViolationError:
            return False
    return True


async def names_of_organizations(organization_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return the names of organizations by id, as far as they are known."""
    rows = await db.fetch(
        "SELECT id, name FROM organization WHERE id = ANY($1::uuid[])", list(organization_ids)
    )
    return {row["id"]: row["name"] for row in rows}
