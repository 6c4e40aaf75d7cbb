"""JWTs: a short access token and a rotating refresh token, signed with HS256 and rotatable keys.

The first of `secret_keys` signs, all of them verify; the `kid` header says which one it was.
"""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import jwt

from app.core.ids import parse_id
from app.core.settings import get_settings

ALGORITHM = "HS256"
LONGEST_TOKEN = 2048

Kind = Literal["access", "refresh"]


@dataclass(frozen=True)
class Tokens:
    """What a session hands to the browser; the ages are for the cookies."""

    access: str
    refresh: str
    session_id: UUID
    access_age: timedelta
    refresh_age: timedelta


@dataclass(frozen=True)
class Claims:
    """What a valid token says. `generation` is the refresh token's number in its family, 0 in an access token."""

    user_id: UUID
    session_id: UUID
    generation: int
    expired: bool


def _derived(secret: str) -> bytes:
    # A key of its own, so that no other signature of ours is ever a token.
    return hmac.digest(secret.encode(), b"mayfly:jwt", "sha256")


def _keys() -> dict[str, bytes]:
    keys = [_derived(secret) for secret in get_settings().secret_keys]
    return {hashlib.sha256(key).hexdigest()[:12]: key for key in keys}


def _encode(kind: Kind, claims: dict[str, Any], now: datetime, age: timedelta) -> str:
    kid, key = next(iter(_keys().items()))
    body = {**claims, "typ": kind, "iat": int(now.timestamp()), "exp": int((now + age).timestamp())}
    return jwt.encode(body, key, algorithm=ALGORITHM, headers={"kid": kid})


def issue(
    user_id: UUID, session_id: UUID, generation: int, now: datetime, expires_at: datetime
) -> Tokens:
    """Return the pair for one generation of a session that ends at `expires_at`."""
    subject = {"sub": str(user_id), "sid": str(session_id)}
    refresh_age = expires_at - now
    access_age = min(timedelta(minutes=get_settings().access_token_minutes), refresh_age)
    return Tokens(
        access=_encode("access", subject, now, access_age),
        refresh=_encode("refresh", {**subject, "gen": generation}, now, refresh_age),
        session_id=session_id,
        access_age=access_age,
        refresh_age=refresh_age,
    )


def read(kind: Kind, token: str, now: datetime) -> Claims | None:
    """Return what a token of `kind` says, also when it is too old (`expired`); None when it is not ours."""
    if len(token) > LONGEST_TOKEN:
        return None
    try:
        key = _keys()[jwt.get_unverified_header(token)["kid"]]
        # Time is a parameter here, so PyJWT's own look at the clock is off.
        body = jwt.decode(
            token,
            key,
            algorithms=[ALGORITHM],
            options={"verify_exp": False, "verify_iat": False, "require": ["exp", "sub", "sid"]},
        )
    except (jwt.InvalidTokenError, KeyError, TypeError, ValueError):
        return None
    user_id, session_id = parse_id(body["sub"]), parse_id(body["sid"])
    if body.get("typ") != kind or user_id is None or session_id is None:
        return None
    return Claims(user_id, session_id, body.get("gen", 0), now.timestamp() >= body["exp"])
