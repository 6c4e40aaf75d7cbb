"""Logging in: address and password to the user they belong to."""

from datetime import datetime, timedelta
from uuid import UUID

from app.auth import security_emails
from app.auth.passwords import hash_password, needs_rehash, verify_password
from app.auth.security_log import count_since, note
from app.core.db import Record, execute, fetch_one, transaction

DAY = timedelta(days=1)
# So many wrong passwords in a day, and the owner hears of it.
ALARMING = 20


async def authenticate(
    email: str, password: str, now: datetime, ip: str | None = None
) -> UUID | None:
    """Return whose password it is; None for a wrong one and for an unknown address, after the same time."""
    row = await fetch_one(
        'SELECT id, email, name, password_hash FROM "user" WHERE lower(email) = lower($1)', email
    )
    stored = row["password_hash"] if row else None
    if not await verify_password(stored, password):
        if row is not None:
            await _note_failure(row, now, ip)
        return None
    assert row is not None
    if needs_rehash(row["password_hash"]):
        await execute(
            'UPDATE "user" SET password_hash = $3 WHERE id = $1 AND password_hash = $2',
            row["id"], row["password_hash"], await hash_password(password),
        )  # fmt: skip
    return row["id"]


async def _note_failure(row: Record, now: datetime, ip: str | None) -> None:
    """Note a wrong password. From however many networks they come: after many in a day, the owner is told."""
    async with transaction():
        await note("login-failed", now, user_id=row["id"], ip=ip)
        if await count_since(row["id"], "login-failed", now - DAY) == ALARMING:
            await security_emails.password_guessed(row["id"], row["email"], now)
