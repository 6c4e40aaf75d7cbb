"""People for tests."""

from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime

from app.auth.accounts import sign_up
from app.auth.passwords import hash_password
from app.auth.verifying import verification_token, verify_address
from app.auth.viewer import Viewer
from app.core.db import execute, fetch_one, transaction
from app.core.ids import new_id

PASSWORD = "a long enough one"


async def make_owner(*, email: str, password: str, name: str, now: datetime) -> Viewer:
    """Sign someone up and confirm their address; returns them, without a session."""
    made = await sign_up(email, password, name, now)
    await verify_address(verification_token(made.user_id, email, now), now)
    return replace(made, verified=True)


async def make_colleague(
    viewer: Viewer,
    *,
    email: str,
    roles: Iterable[str] = ("editor",),
    now: datetime,
    name: str = "Carl",
    password: str = PASSWORD,
) -> Viewer:
    """Make a user in the viewer's group who holds `roles`; returns them, without a session."""
    held = frozenset(roles)
    made = Viewer(
        new_id(), viewer.organization_id, viewer.group_id, email, name, held, verified=True
    )
    async with transaction():
        await execute(
            'INSERT INTO "user" (id, organization_id, group_id, email, name, password_hash, '
            "verified_at, created_at, updated_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $7, $7)",
            made.user_id, made.organization_id, made.group_id, email, name,
            await hash_password(password), now,
        )  # fmt: skip
        for role in held:
            row = await fetch_one(
                "SELECT id FROM role WHERE group_id = $1 AND name = $2", made.group_id, role
            )
            assert row is not None
            await execute(
                "INSERT INTO user_role (id, user_id, role_id, created_at) VALUES ($1, $2, $3, $4)",
                new_id(), made.user_id, row["id"], now,
            )  # fmt: skip
    return made
