"""A new password for someone who forgot theirs: a signed link that works once.

The link carries a fingerprint of the present password hash, so that it dies with that password: no table of links.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.auth import emails
from app.auth.addresses.changes import cancel_open
from app.auth.limiting import forgive_codes
from app.auth.passwords import NO_PASSWORD, check_new_password, fingerprint, hash_password
from app.auth.security_log import count_since, note
from app.auth.sessions import end_sessions
from app.auth.two_factor import remove as remove_two_factor
from app.core.db import execute, fetch_one, transaction
from app.core.errors import ExpiredLink
from app.core.ids import new_short_id, parse_id
from app.core.jobs import enqueue
from app.core.settings import get_settings
from app.core.signing import read_token, sign_token

JOB = "auth.reset"
# An address was proven by its mailbox: what was asked for in its name before may not have been its owner's wish.
PROVEN = "auth.address_proven"
# So many mails go out for as long as a link works; whoever asks again has that many good links in the mailbox.
MOST_LINKS = 5


@dataclass(frozen=True)
class Resettable:
    """The account that a good link belongs to."""

    user_id: UUID
    email: str
    name: str
    password_hash: str
    verified: bool


def reset_token(user_id: UUID, password_hash: str, now: datetime) -> str:
    """Return the token that lets its bearer replace this password."""
    payload = {"user": str(user_id), "print": fingerprint(password_hash, "reset")}
    return sign_token("reset", payload, now, _link_age())


def _link_age() -> timedelta:
    return timedelta(minutes=get_settings().reset_link_minutes)


async def ask_for_reset(email: str, ip: str | None = None) -> None:
    """Queue the mail to `email`. Whether it has an account is looked up later, by the job: the answer takes as long."""
    await enqueue(JOB, {"email": email, "ip": ip, "request_id": new_short_id()})


async def send_reset_link(email: str, ip: str | None, request_id: str, now: datetime) -> None:
    """Mail the link, when the address has an account that was not sent many just now."""
    row = await fetch_one(
        'SELECT id, email, name, password_hash FROM "user" WHERE lower(email) = lower($1)', email
    )
    if row is None or row["password_hash"] == NO_PASSWORD:
        return
    if await count_since(row["id"], "reset-asked", now - _link_age()) >= MOST_LINKS:
        return
    token, minutes = (
        reset_token(row["id"], row["password_hash"], now),
        get_settings().reset_link_minutes,
    )
    async with transaction():
        await note("reset-asked", now, user_id=row["id"], ip=ip)
        await emails.reset_password(row["id"], row["email"], token, minutes, request_id)


async def first_password(user_id: UUID, now: datetime) -> str | None:
    """Return a token for a new password of an account whose address nobody confirmed; None when somebody did.

    Raises ExpiredLink when nobody logs in to the account any more.
    """
    row = await fetch_one(
        'SELECT password_hash, verified_at IS NOT NULL AS verified FROM "user" WHERE id = $1',
        user_id,
    )
    if row is None or row["password_hash"] == NO_PASSWORD:
        raise ExpiredLink
    return None if row["verified"] else reset_token(user_id, row["password_hash"], now)


async def check_reset(token: str, now: datetime) -> Resettable:
    """Return the account of a link. Raises BadSignature (changed) or ExpiredLink (old, or used)."""
    payload = read_token("reset", token, now)
    row = await fetch_one(
        """SELECT id AS user_id, email, name, password_hash, verified_at IS NOT NULL AS verified
           FROM "user" WHERE id = $1""",
        parse_id(payload["user"]),
    )
    if (
        row is None
        or row["password_hash"] == NO_PASSWORD
        or fingerprint(row["password_hash"], "reset") != payload["print"]
    ):
        raise ExpiredLink
    return Resettable(**dict(row))


async def reset_password(
    token: str, password: str, now: datetime, ip: str | None = None
) -> Resettable:
    """Set the new password, end every session, and confirm the address, for only its owner had the link.

    Where nobody had confirmed it, somebody else may have made the account: a second step that was set up before goes,
    and `PROVEN` tells the modules above.

    Raises as `check_reset`; also when the same link was used at the same moment. FieldError at `password` when that
    is easy to guess for this person.
    """
    account = await check_reset(token, now)
    check_new_password(password, email=account.email)
    password_hash = await hash_password(password)
    async with transaction():
        changed = await execute(
            'UPDATE "user" SET password_hash = $3, verified_at = coalesce(verified_at, $4), updated_at = $4 '
            "WHERE id = $1 AND password_hash = $2",
            account.user_id, account.password_hash, password_hash, now,
        )  # fmt: skip
        if not changed:
            raise ExpiredLink
        await cancel_open(account.user_id, now)
        await forgive_codes(account.user_id)
        if not account.verified:
            await remove_two_factor(account.user_id)
            await enqueue(PROVEN, {"user_id": str(account.user_id)})
        await end_sessions(account.user_id, now, cause="password", ip=ip)
        await note("password-reset", now, user_id=account.user_id, ip=ip)
        await emails.password_changed(account.user_id, account.email, now)
    return account
