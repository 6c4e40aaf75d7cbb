"""Words tried until one is a discount code: only those that are none count, and after some of them nothing is said.

They count for the address they come from, and for the customer in their network: a stranger elsewhere may type anybody's
e-mail address, and must not use up their tries.
"""

import contextlib
from typing import Any

from litestar import Request

from app.core.errors import TooManyRequests
from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.core.ratelimit import client_address, ensure_left, limit, network_of
from app.orders.buyers import customer_id
from app.orders.redeeming import GUESSES, CodeRefused, Reason

Request_ = Request[Any, Any, Any]

# An office shares an address, and a few in it mistype.
NAME, OF_CUSTOMER, RATE = "code-guess", "code-guess-customer", "20/10 minutes"


def _customer(request: Request_, email: str) -> str | None:
    return f"{customer_id(email)}:{network_of(client_address(request))}" if email else None


async def may_guess(request: Request_, code: str, email: str) -> bool:
    """Whether a code from this address and for this customer ("" is unknown) is looked at: not when too many were none."""
    if not code.strip():
        return True
    try:
        await ensure_left(request, NAME, RATE)
        if customer := _customer(request, email):
            await ensure_left(request, OF_CUSTOMER, RATE, key=customer)
    except TooManyRequests:
        return False
    return True


def too_many() -> CodeRefused:
    words = _("Too many codes were tried from here. Please wait some minutes, or buy without one.")
    return CodeRefused(Reason.WAIT, words)


async def count(request: Request_, refused: FieldError, email: str) -> None:
    """Count a code that was none."""
    if not isinstance(refused, CodeRefused) or refused.reason not in GUESSES:
        return
    with contextlib.suppress(TooManyRequests):
        await limit(request, NAME, RATE)
    if customer := _customer(request, email):
        with contextlib.suppress(TooManyRequests):
            await limit(request, OF_CUSTOMER, RATE, key=customer)
