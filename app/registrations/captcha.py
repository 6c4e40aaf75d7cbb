"""A puzzle that costs a browser a moment and a robot its time: ALTCHA's proof of work, made and checked here.

No third party hears of it, and nothing about the visitor is kept. How dear it is for whom is said in `suspecting.py`.
"""

import base64
import hashlib
import hmac
import json
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, cast
from uuid import UUID

import altcha

from app.core import db
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.settings import get_settings

ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 2000
# A browser tries this many keys, a fraction of a millisecond each; twice as many at most.
TRIES = 100
VALID_FOR = timedelta(minutes=30)
LONGEST_SOLUTION = 4096
# What decoding raises on nonsense; JSON that is nested too deeply is a RecursionError.
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, OverflowError, RecursionError)


class Unsolved(Conflict):
    """The puzzle was not solved, is too old, was for another page, or has been used."""

    status = 422

    def default_message(self) -> str:
        return _("The check that you are no robot has run out. Please send the form again.")


@dataclass(frozen=True)
class Solved:
    """A solved puzzle: `id` is used once."""

    id: UUID
    expires_at: datetime


def _keys(purpose: str) -> list[str]:
    """Return the keys for `purpose`: the first signs, all of them verify."""
    return [
        hmac.new(secret.encode(), f"captcha:{purpose}".encode(), hashlib.sha256).hexdigest()
        for secret in get_settings().secret_keys
    ]


def puzzle(subject: str, price: int, now: datetime) -> dict[str, Any]:
    """Return a fresh puzzle for `subject` (a page's short id), as ALTCHA's JSON."""
    count = TRIES * price
    challenge = altcha.create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=count + secrets.randbelow(count),
        data={"for": subject, "until": int((now + VALID_FOR).timestamp())},
        hmac_secret=_keys("challenge")[0],
        hmac_key_secret=_keys("solution")[0],
    )
    return challenge.to_dict()


def check(solution: str, subject: str, now: datetime) -> Solved:
    """Return a solved puzzle. Raises Unsolved for anything else."""
    if len(solution) > LONGEST_SOLUTION:
        raise Unsolved
    try:
        verified = _verified(solution)
        parameters = json.loads(base64.b64decode(solution))["challenge"]["parameters"]
    except UNREADABLE as error:
        raise Unsolved from error
    if not verified:
        raise Unsolved
    signed = cast(dict[str, Any], parameters["data"])
    until = datetime.fromtimestamp(signed["until"], UTC)
    if signed["for"] != subject or now >= until:
        raise Unsolved
    return Solved(UUID(hex=parameters["nonce"]), until)


def _verified(solution: str) -> bool:
    return any(
        altcha.verify_solution(solution, challenge, hmac_key_secret=key).verified
        for challenge, key in zip(_keys("challenge"), _keys("solution"), strict=True)
    )


async def use(solved: Solved, attempt: UUID) -> bool:
    """Use a solution for one filled-in form, in the current transaction. False when that form used it before.

    Raises Unsolved when another form used it.
    """
    stored = await db.execute(
        "INSERT INTO captcha_use (id, attempt, expires_at) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        solved.id,
        attempt,
        solved.expires_at,
    )
    if stored:
        return True
    known = await db.fetch_value("SELECT attempt FROM captcha_use WHERE id = $1", solved.id)
    if known != attempt:
        raise Unsolved
    return False


async def forget_used(now: datetime) -> None:
    """Forget solutions that are too old to be used again."""
    await db.execute("DELETE FROM captcha_use WHERE expires_at <= $1", now)
