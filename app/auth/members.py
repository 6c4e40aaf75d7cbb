"""The people of an organization: who they are, in which group, with which roles."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.accounts import AccountExists
from app.auth.permissions import Permission, permissions_of
from app.auth.sessions import standing_topic
from app.core import db
from app.core.addresses import canonical_address
from app.core.ids import new_id
from app.core.live import publish


@dataclass(frozen=True)
class Member:
    """Somebody of an organization. `seen_at` is when one of their sessions was last used, roughly."""

    id: UUID
    email: str
    name: str
    organization_id: UUID
    group_id: UUID
    verified: bool
    created_at: datetime
    roles: frozenset[str]
    seen_at: datetime | None

    def can(self, permission: Permission) -> bool:
        return permission in permissions_of(self.roles)


_MEMBERS = """
SELECT u.id, u.email, u.name, u.organization_id, u.group_id, u.verified_at IS NOT NULL AS verified, u.created_at,
  ARRAY(SELECT r.name FROM user_role held JOIN role r ON r.id = held.role_id
        WHERE held.user_id = u.id AND r.group_id = u.group_id) AS roles,
  (SELECT max(s.rotated_at) FROM session s WHERE s.user_id = u.id) AS seen_at
FROM "user" u
"""


async def members_of(organization_id: UUID) -> Sequence[Member]:
    """Return everyone of an organization, by name."""
    rows = await db.fetch(
        f"{_MEMBERS} WHERE u.organization_id = $1 ORDER BY lower(u.name), u.id", organization_id
    )
    return [_member(row) for row in rows]


async def member(user_id: UUID) -> Member | None:
    """Return one person, whatever their organization."""
    row = await db.fetch_one(f"{_MEMBERS} WHERE u.id = $1", user_id)
    return _member(row) if row else None


async def member_by_email(email: str) -> Member | None:
    row = await db.fetch_one(
        f"{_MEMBERS} WHERE lower(u.email) = lower($1)", canonical_address(email)
    )
    return _member(row) if row else None


async def count_members(organization_id: UUID) -> int:
    return await db.fetch_value(
        'SELECT count(*) FROM "user" WHERE organization_id = $1', organization_id
    )


def _member(row: db.Record) -> Member:
    values: dict[str, Any] = {**dict(row), "roles": frozenset(row["roles"])}
    return Member(**values)


async def place(
    user_id: UUID, organization_id: UUID, group_id: UUID, roles: frozenset[str], now: datetime
) -> None:
    """Put somebody into a group of an organization with these roles, in the caller's transaction; what they had before
    is gone. The caller has locked the organizations."""
    await db.execute(
        'UPDATE "user" SET organization_id = $2, group_id = $3, updated_at = $4 WHERE id = $1',
        *(user_id, organization_id, group_id, now),
    )
    await db.execute("DELETE FROM user_role WHERE user_id = $1", user_id)
    await db.execute(
        """INSERT INTO user_role (id, user_id, role_id, created_at)
           SELECT given.id, $1, r.id, $2 FROM unnest($3::uuid[], $4::text[]) AS given (id, name)
           JOIN role r ON r.group_id = $5 AND r.name = given.name""",
        *(user_id, now, [new_id() for _role in roles], list(roles), group_id),
    )
    await publish(standing_topic(user_id))


async def add(
    email: str,
    name: str,
    password_hash: str,
    organization_id: UUID,
    group_id: UUID,
    roles: frozenset[str],
    now: datetime,
    zone: str = "",
) -> UUID:
    """Make an account in a group, its address confirmed. Raises AccountExists: then nothing was written."""
    row = await db.fetch_one(
        """INSERT INTO "user" (id, organization_id, group_id, email, name, password_hash, verified_at, created_at,
             updated_at, zone) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7, $8)
           ON CONFLICT (lower(email)) DO NOTHING RETURNING id""",
        *(new_id(), organization_id, group_id, email, name, password_hash, now, zone),
    )
    if row is None:
        raise AccountExists
    await place(row["id"], organization_id, group_id, roles, now)
    return row["id"]


async def confirm_address(user_id: UUID, now: datetime) -> None:
    """Note that a link that was mailed to this person's address came back."""
    await db.execute(
        'UPDATE "user" SET verified_at = $2 WHERE id = $1 AND verified_at IS NULL', user_id, now
    )
