"""Words tried until one is a discount code: only those that are none count, and after some of them nothing is said."""

import contextlib
from typing import Any

from litestar import Request

from app.core.errors import TooManyRequests
from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.core.ratelimit import ensure_left, limit
from app.orders.redeeming import GUESSES, CodeRefused, Reason

Request_ = Request[Any, Any, Any]

# An office shares an address, and a few in it mistype.
NAME, RATE = "code-guess", "20/10 minutes"


async def may_guess(request: Request_, code: str) -> bool:
    """Whether a code from this address is looked at: not when too many of them were none."""
    if not code.strip():
        return True
    try:
        await ensure_left(request, NAME, RATE)
    except TooManyRequests:
        return False
    return True


def too_many() -> CodeRefused:
    words = _("Too many codes were tried from here. Please wait some minutes, or buy without one.")
    return CodeRefused(Reason.WAIT, words)


async def count(request: Request_, refused: FieldError) -> None:
    """Count a code that was none."""
    if isinstance(refused, CodeRefused) and refused.reason in GUESSES:
        with contextlib.suppress(TooManyRequests):
            await limit(request, NAME, RATE)
