"""A new password for someone who forgot theirs: a signed link that works once.

The link carries a fingerprint of the present password hash, so that it dies with that password: no table of links.
"""

import hashlib
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.auth import emails
from app.auth.passwords import hash_password
from app.auth.security_log import note
from app.auth.sessions import end_sessions
from app.core.db import execute, fetch_one, transaction
from app.core.errors import ExpiredLink
from app.core.ids import new_short_id, parse_id
from app.core.jobs import enqueue
from app.core.signing import read_token, sign_token

LINK_AGE = timedelta(hours=1)
JOB = "auth.reset"


@dataclass(frozen=True)
class Resettable:
    """The account that a good link belongs to."""

    user_id: UUID
    email: str
    name: str
    password_hash: str


def _fingerprint(password_hash: str) -> str:
    return hashlib.sha256(b"reset:" + password_hash.encode()).hexdigest()[:32]


async def ask_for_reset(email: str, ip: str | None = None) -> None:
    """Queue the mail to `email`. Whether it has an account is looked up later, by the job: the answer takes as long."""
    await enqueue(JOB, {"email": email, "ip": ip, "request_id": new_short_id()})


async def send_reset_link(email: str, ip: str | None, request_id: str, now: datetime) -> None:
    """Mail the link, when the address has an account."""
    row = await fetch_one(
        'SELECT id, email, name, password_hash FROM "user" WHERE lower(email) = lower($1)', email
    )
    if row is None:
        return
    payload = {"user": str(row["id"]), "print": _fingerprint(row["password_hash"])}
    token = sign_token("reset", payload, now, LINK_AGE)
    minutes = int(LINK_AGE.total_seconds() // 60)
    async with transaction():
        await note("reset-asked", now, user_id=row["id"], ip=ip)
        await emails.reset_password(
            row["id"], row["email"], row["name"], token, minutes, request_id
        )


async def check_reset(token: str, now: datetime) -> Resettable:
    """Return the account of a link. Raises BadSignature (changed) or ExpiredLink (old, or used)."""
    payload = read_token("reset", token, now)
    row = await fetch_one(
        'SELECT id AS user_id, email, name, password_hash FROM "user" WHERE id = $1',
        parse_id(payload["user"]),
    )
    if row is None or _fingerprint(row["password_hash"]) != payload["print"]:
        raise ExpiredLink
    return Resettable(**dict(row))


async def reset_password(
    token: str, password: str, now: datetime, ip: str | None = None
) -> Resettable:
    """Set the new password, end every session, and confirm the address, for only its owner had the link.

    Raises as `check_reset`; also when the same link was used at the same moment.
    """
    account = await check_reset(token, now)
    password_hash = await hash_password(password)
    async with transaction():
        changed = await execute(
            'UPDATE "user" SET password_hash = $3, verified_at = coalesce(verified_at, $4), updated_at = $4 '
            "WHERE id = $1 AND password_hash = $2",
            account.user_id, account.password_hash, password_hash, now,
        )  # fmt: skip
        if not changed:
            raise ExpiredLink
        await end_sessions(account.user_id, now, cause="password")
        await note("password-reset", now, user_id=account.user_id, ip=ip)
        await emails.password_changed(account.user_id, account.email, account.name, now)
    return account
