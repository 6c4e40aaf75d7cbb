"""How often one may try: by address, and by account without letting a stranger lock its owner out.

A browser that has logged in before carries a signed cookie and counts for itself; all other browsers together share
the account's count (OWASP's "device cookies"). So guessing stays slow, and the owner still gets in.
"""

import hashlib
from datetime import datetime
from typing import Any

from litestar import Request
from litestar.datastructures import Cookie

from app.auth.cookies import DEVICE_AGE, cookie_name, device_cookie
from app.core.errors import BadSignature, ExpiredLink
from app.core.ids import new_short_id
from app.core.ratelimit import limit
from app.core.signing import read_token, sign_token

SIGN_UPS = "20/hour"
LOGINS_BY_ADDRESS = "30/minute"
LOGINS_BY_ACCOUNT = "10/15minutes"
RESETS_BY_ADDRESS = "20/hour"
RESETS_BY_ACCOUNT = "5/hour"
VERIFICATIONS = "5/hour"
PASSWORD_CHANGES = "10/15minutes"  # noqa: S105

AnyRequest = Request[Any, Any, Any]


def _account(email: str) -> str:
    # No address in the counter's storage, and the same key whatever the case.
    return hashlib.sha256(email.casefold().encode()).hexdigest()[:32]


def known_device(request: AnyRequest, email: str, now: datetime) -> str | None:
    """Return the id of a browser that has logged in to this account before, or None."""
    try:
        seen = read_token("device", request.cookies.get(cookie_name("device"), ""), now)
    except (BadSignature, ExpiredLink):
        return None
    return str(seen["id"]) if seen.get("account") == _account(email) else None


def remember_device(request: AnyRequest, email: str, now: datetime) -> Cookie:
    """Return the cookie that makes this browser known to the account."""
    known = {
        "id": known_device(request, email, now) or new_short_id(),
        "account": _account(email),
    }
    return device_cookie(sign_token("device", known, now, DEVICE_AGE))


async def limit_sign_ups(request: AnyRequest) -> None:
    """Raise TooManyRequests, as all of these."""
    await limit(request, "signup", SIGN_UPS)


async def limit_logins(request: AnyRequest, email: str, now: datetime) -> None:
    await limit(request, "login", LOGINS_BY_ADDRESS)
    device = known_device(request, email, now)
    key = f"{_account(email)}:{device}" if device else _account(email)
    await limit(request, "login-account", LOGINS_BY_ACCOUNT, key=key)


async def limit_resets(request: AnyRequest, email: str) -> None:
    await limit(request, "reset", RESETS_BY_ADDRESS)
    await limit(request, "reset-account", RESETS_BY_ACCOUNT, key=_account(email))


async def limit_password_changes(request: AnyRequest, user_id: object) -> None:
    await limit(request, "password", PASSWORD_CHANGES, key=str(user_id))


async def limit_verifications(request: AnyRequest, user_id: object) -> None:
    await limit(request, "verification", VERIFICATIONS, key=str(user_id))
