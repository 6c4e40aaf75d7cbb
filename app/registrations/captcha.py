"""A puzzle that costs a browser a moment and a robot its time: ALTCHA's proof of work, made and checked here.

No third party hears of it, and nothing about the visitor is kept: what counts bursts is a digest that changes each day.
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
from litestar import Request

from app.core import db
from app.core.errors import Conflict, TooManyRequests
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address, limit
from app.core.settings import get_settings

ALGORITHM = "PBKDF2/SHA-256"
ITERATIONS = 2000
# A browser tries this many keys, a fraction of a millisecond each; twice as many at most.
TRIES = 100
VALID_FOR = timedelta(minutes=30)
LONGEST_SOLUTION = 4096
# How many puzzles one source gets at each price; what goes beyond the last still gets the dearest.
PRICES = ((1, "12/10 minutes"), (4, "60/10 minutes"))
HIGHEST_PRICE = 16


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


def _key(purpose: str) -> str:
    secret = get_settings().secret_keys[0].encode()
    return hmac.new(secret, f"captcha:{purpose}".encode(), hashlib.sha256).hexdigest()


def puzzle(subject: str, price: int, now: datetime) -> dict[str, Any]:
    """Return a fresh puzzle for `subject` (a page's short id), as ALTCHA's JSON."""
    count = TRIES * price
    challenge = altcha.create_challenge(
        ALGORITHM,
        ITERATIONS,
        counter=count + secrets.randbelow(count),
        data={"for": subject, "until": int((now + VALID_FOR).timestamp())},
        hmac_secret=_key("challenge"),
        hmac_key_secret=_key("solution"),
    )
    return challenge.to_dict()


async def price_for(request: Request[Any, Any, Any], now: datetime) -> int:
    """Return how dear a puzzle is for this source: dearer the more it has asked for lately."""
    source = _source(request, now)
    for price, rate in PRICES:
        try:
            await limit(request, f"captcha-{price}", rate, key=source)
        except TooManyRequests:
            continue
        return price
    return HIGHEST_PRICE


def _source(request: Request[Any, Any, Any], now: datetime) -> str:
    headers = request.headers
    parts = (
        client_address(request),
        headers.get("user-agent", ""),
        headers.get("accept-language", ""),
    )
    return hmac.new(
        f"{_key('source')}{now:%Y%m%d}".encode(), "\x1f".join(parts).encode(), hashlib.sha256
    ).hexdigest()


def check(solution: str, subject: str, now: datetime) -> Solved:
    """Return a solved puzzle. Raises Unsolved for anything else."""
    if len(solution) > LONGEST_SOLUTION:
        raise Unsolved
    try:
        result = altcha.verify_solution(
            solution, _key("challenge"), hmac_key_secret=_key("solution")
        )
        parameters = json.loads(base64.b64decode(solution))["challenge"]["parameters"]
    except (ValueError, KeyError, TypeError, AttributeError, OverflowError) as error:
        raise Unsolved from error
    if not result.verified:
        raise Unsolved
    signed = cast(dict[str, Any], parameters["data"])
    until = datetime.fromtimestamp(signed["until"], UTC)
    if signed["for"] != subject or now >= until:
        raise Unsolved
    return Solved(UUID(hex=parameters["nonce"]), until)


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
