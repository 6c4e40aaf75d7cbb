"""Signing up: one person, with an organization and a group of their own."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.auth import emails
from app.auth.names import GROUP_NAME, organization_name
from app.auth.passwords import hash_password
from app.auth.permissions import RoleName
from app.auth.security_log import note
from app.auth.verifying import verification_token
from app.auth.viewer import Viewer
from app.core.addresses import canonical_address
from app.core.db import fetch_one, transaction
from app.core.ids import new_id


@dataclass(frozen=True)
class Account:
    """An address, and whose it is."""

    user_id: UUID
    email: str
    name: str


class AccountExists(Exception):
    """The address belongs to an account already. Never shown as such: see `controllers/signing_up.py`."""


# One statement: when the address is taken, nothing at all is written.
_SIGN_UP = """
WITH newcomer AS (
  INSERT INTO "user" (id, organization_id, group_id, email, name, password_hash, zone, created_at, updated_at)
  SELECT $1::uuid, $2::uuid, $3::uuid, $4::text, $5::text, $6::text, $14::text, $7::timestamptz, $7
  WHERE NOT EXISTS (SELECT 1 FROM email_change kept WHERE lower(kept.old_email) = lower($4)
    AND kept.undo_until > $7 AND kept.undone_at IS NULL)
  ON CONFLICT (lower(email)) DO NOTHING RETURNING id
), owner AS (
  INSERT INTO organization (id, name, owner_id, created_at) SELECT $2, $8, id, $7 FROM newcomer
), team AS (
  INSERT INTO "group" (id, organization_id, name, created_at) SELECT $3, $2, $9, $7 FROM newcomer
), roles AS (
  INSERT INTO role (id, group_id, name)
  SELECT given.id, $3, given.name FROM newcomer, unnest($10::uuid[], $11::text[]) AS given (id, name)
  RETURNING id, name
), held AS (
  INSERT INTO user_role (id, user_id, role_id, created_at)
  SELECT $12, newcomer.id, roles.id, $7 FROM newcomer, roles WHERE roles.name = $13
)
SELECT id FROM newcomer
"""


async def sign_up(
    email: str, password: str, name: str, now: datetime, *, zone: str = "", ip: str | None = None
) -> Viewer:
    """Make an account with an organization and a group of generated names; its person is their admin.

    `email`, `password` and `zone` were validated before (`forms.py`). Raises AccountExists when the address, in
    whatever case, is taken or kept for the account that left it: then nothing was written.
    """
    password_hash = await hash_password(password)
    user_id, organization_id, group_id = new_id(), new_id(), new_id()
    roles = [role.value for role in RoleName]
    async with transaction():
        row = await fetch_one(
            _SIGN_UP,
            user_id, organization_id, group_id, email, name, password_hash, now,
            organization_name(), GROUP_NAME,
            [new_id() for _ in roles], roles, new_id(), RoleName.ADMIN.value, zone,
        )  # fmt: skip
        if row is None:
            raise AccountExists
        await note("signed-up", now, user_id=user_id, ip=ip)
        await emails.welcome(user_id, email, verification_token(user_id, email, now))
    return Viewer(
        user_id,
        organization_id,
        group_id,
        email,
        name,
        roles=frozenset({RoleName.ADMIN.value}),
        zone=zone,
    )


async def account_of(email: str) -> Account | None:
    """Return the account of an address, however it is written."""
    row = await fetch_one(
        'SELECT id AS user_id, email, name FROM "user" WHERE lower(email) = lower($1)',
        canonical_address(email),
    )
    return Account(**dict(row)) if row else None
