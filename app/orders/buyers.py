"""Who buys: a customer by e-mail address, a browser by its cookie. Neither is an account."""

import hashlib
import hmac
import re
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Request
from litestar.datastructures import Cookie

from app.auth.cookies import cookie_name
from app.core.addresses import canonical_address
from app.core.ratelimit import client_address
from app.core.settings import get_settings

COOKIE = "buyer"
COOKIE_SECONDS = 180 * 24 * 3600
_KEY = re.compile(r"[0-9a-f]{32}")
# A form sent twice before its first answer came has no cookie yet; within this time it is still the same browser.
RESUBMISSION_SECONDS = 600

Request_ = Request[Any, Any, Any]


def _digest(purpose: str, *parts: str) -> bytes:
    said = "\x1f".join((purpose, *parts)).encode()
    return hmac.digest(get_settings().lasting_key, said, "sha256")


def customer_id(email: str) -> UUID:
    """Return the id under which all purchases of an address are found, however it is written."""
    return UUID(bytes=_digest("customer", canonical_address(email).lower())[:16])


def buyer_of(request: Request_) -> str | None:
    """Return the buyer key that this browser got at an earlier checkout."""
    key = request.cookies.get(cookie_name(COOKIE), "")
    return key if _KEY.fullmatch(key) else None


def buyer_for(request: Request_, attempt: str, email: str, now: datetime) -> str:
    """Return this browser's buyer key, or make one: the same for the same form sent twice in a row.

    Without an `attempt`, which only the browser knows, it is a new one: what a stranger can know or share (address,
    network, browser) must lead to nobody's order.
    """
    known = buyer_of(request)
    if known is not None:
        return known
    if not attempt:
        return secrets.token_hex(16)
    window = str(int(now.timestamp()) // RESUBMISSION_SECONDS)
    agent = request.headers.get("user-agent", "")
    return _digest("buyer", attempt, email.lower(), client_address(request), agent, window).hex()[
        :32
    ]


def attempt_key(attempt: str, buyer: str) -> UUID:
    """Return the key of one filled-in form of one browser."""
    return UUID(bytes=_digest("attempt", attempt, buyer)[:16])


def buyer_cookie(buyer: str) -> Cookie:
    """Return the cookie by which a browser finds its own hold again; set only when a checkout starts.

    Over https no other host can plant it: what is held by it shows where to pay, and for whom.
    """
    secure = get_settings().secure
    return Cookie(
        key=cookie_name(COOKIE),
        value=buyer,
        path="/" if secure else "/p",
        max_age=COOKIE_SECONDS,
        httponly=True,
        secure=secure,
        samesite="lax",
    )


def lock_keys(short_id: str, email: str, buyer: str, code: str = "") -> Sequence[int]:
    """Return the advisory locks of a checkout, in the order to take them: one for the customer, one for the browser.

    With a `code` two more, for it may be used on several pages at once.
    """
    places = (short_id, f"code/{code}") if code else (short_id,)
    return sorted(
        int.from_bytes(
            hashlib.blake2b(f"{place}/{subject}".encode(), digest_size=8).digest(),
            "big",
            signed=True,
        )
        for place in places
        for subject in (str(customer_id(email)), buyer)
    )
