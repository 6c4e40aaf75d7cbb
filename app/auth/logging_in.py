"""Logging in: address and password to the user they belong to."""

from datetime import datetime
from uuid import UUID

from app.auth.passwords import hash_password, needs_rehash, verify_password
from app.auth.security_log import note
from app.core.db import execute, fetch_one


async def authenticate(
    email: str, password: str, now: datetime, ip: str | None = None
) -> UUID | None:
    """Return whose password it is; None for a wrong one and for an unknown address, after the same time."""
    row = await fetch_one(
        'SELECT id, password_hash FROM "user" WHERE lower(email) = lower($1)', email
    )
    stored = row["password_hash"] if row else None
    if not await verify_password(stored, password):
        if row is not None:
            await note("login-failed", now, user_id=row["id"], ip=ip)
        return None
    assert row is not None
    if needs_rehash(row["password_hash"]):
        await execute(
            'UPDATE "user" SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
            row["id"], row["password_hash"], await hash_password(password),
        )  # fmt: skip
    return row["id"]
