"""The second step of a login: between the right password and the session stands a code.

What carries the login from step to step is a short-lived signed token in a cookie. It is no session: nothing but the
second step reads it, and it dies with the password it was given for.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.auth import recovery_codes, security_emails, two_factor
from app.auth.passwords import fingerprint
from app.auth.security_log import note
from app.core.db import fetch_one, transaction
from app.core.errors import BadSignature, ExpiredLink
from app.core.ids import parse_id
from app.core.settings import get_settings
from app.core.signing import read_token, sign_token

PURPOSE = "second-step"
# So many wrong codes in a row, and the owner hears of it.
ALARMING = 5


@dataclass(frozen=True)
class Step:
    """A login that has shown the right password; `target` is where it wants to go."""

    user_id: UUID
    email: str
    name: str
    target: str


def step_age() -> timedelta:
    return timedelta(minutes=get_settings().login_code_minutes)


async def step_token(user_id: UUID, target: str, now: datetime) -> str:
    """Return what says that this login's first step is done."""
    row = await fetch_one('SELECT password_hash FROM "user" WHERE id = $1', user_id)
    assert row is not None  # the caller has just checked the password
    payload = {
        "user": str(user_id),
        "print": fingerprint(row["password_hash"], PURPOSE),
        "target": target,
    }
    return sign_token(PURPOSE, payload, now, step_age())


async def read_step(token: str, now: datetime) -> Step | None:
    """Return the login that a token carries; None when it is not ours, too old, or the password is another now."""
    try:
        payload = read_token(PURPOSE, token, now)
    except (BadSignature, ExpiredLink):
        return None
    row = await fetch_one(
        'SELECT id, email, name, password_hash FROM "user" WHERE id = $1', parse_id(payload["user"])
    )
    if row is None or fingerprint(row["password_hash"], PURPOSE) != payload["print"]:
        return None
    return Step(row["id"], row["email"], row["name"], str(payload["target"]))


async def pass_step(
    step: Step, code: str, now: datetime, *, tries: int = 1, ip: str | None = None
) -> bool:
    """Use up a code. A recovery code tells the owner; so do wrong ones, with the `tries` in a row that alarm."""
    async with transaction():
        kind = await two_factor.take_code(step.user_id, code, now)
        if kind is None:
            await note("code-refused", now, user_id=step.user_id, ip=ip)
            if tries == ALARMING:
                await security_emails.code_guessed(step.user_id, step.email, now)
        if kind == two_factor.RECOVERY:
            left = await recovery_codes.codes_left(step.user_id)
            await note("recovery-code-used", now, user_id=step.user_id, ip=ip, left=left)
            await security_emails.recovery_code_used(step.user_id, step.email, left, now)
    return kind is not None
