"""How dear a puzzle is: the dearer, the more of them whoever asks has asked for lately.

Two things are counted: a browser as it calls itself at its address, and its coarse traits in its network, which stay when a
robot takes another name, or another address of the same network. The dearer of the two counts, so that traits can only make a
puzzle harder; a browser that tells none is counted by its address alone.

Traits are what thousands of browsers share, and are told with the question for a puzzle and nowhere else. What counts is a
digest of them under a key of the day, which the rate limits keep as long as their windows and forget.
"""

import hashlib
import hmac
import re
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import unquote

from litestar import Request

from app.core.errors import TooManyRequests
from app.core.ratelimit import client_address, limit, network_of
from app.core.settings import get_settings
from app.core.zones import current_zone, zones

Request_ = Request[Any, Any, Any]

# How many puzzles one source gets at each price; what goes beyond the last still gets the dearest.
Prices = tuple[tuple[int, str], ...]
FORGOTTEN_AFTER = timedelta(minutes=10)
_WINDOW = f"{FORGOTTEN_AFTER // timedelta(minutes=1)} minutes"
PRICES: Prices = ((1, f"12/{_WINDOW}"), (4, f"60/{_WINDOW}"))
# The machines of a classroom are alike and share a network.
PRICES_OF_ALIKE: Prices = ((1, f"60/{_WINDOW}"), (4, f"240/{_WINDOW}"))
HIGHEST_PRICE = 16

HEADER = "x-puzzle-traits"
LONGEST_TRAITS = 200
MOST_LANGUAGES = 3
SCREENS = ("s", "m", "l")
CORES = ("2", "4", "8")
_LANGUAGE = re.compile(r"[a-z]{2,3}")


async def price_for(request: Request_, now: datetime) -> int:
    """Return how many times the usual work a puzzle is to cost whoever asks."""
    address, headers = client_address(request), request.headers
    named = (address, headers.get("user-agent", ""), headers.get("accept-language", ""))
    price = await _price(request, "captcha", PRICES, _digest(now, *named))
    if traits := traits_of(request):
        alike = _digest(now, network_of(address), *traits)
        price = max(price, await _price(request, "captcha-alike", PRICES_OF_ALIKE, alike))
    return price


async def _price(request: Request_, name: str, prices: Prices, source: str) -> int:
    for price, rate in prices:
        try:
            await limit(request, f"{name}-{price}", rate, key=source)
        except TooManyRequests:
            continue
        return price
    return HIGHEST_PRICE


def _digest(now: datetime, *parts: str) -> str:
    key = hmac.digest(get_settings().lasting_key, f"captcha:source:{now:%Y%m%d}".encode(), "sha256")
    return hmac.new(key, "\x1f".join(parts).encode(), hashlib.sha256).hexdigest()


def traits_of(request: Request_) -> tuple[str, ...]:
    """Return a browser's traits as coarsely as they are told apart, () when it told none.

    What is no such trait is "": inventions don't make a robot many.
    """
    told = unquote(request.headers.get(HEADER, "")[:LONGEST_TRAITS])
    if not told:
        return ()
    screen, zone, languages, cores, touch = [*told.split(";"), *([""] * 5)][:5]
    return (
        screen if screen in SCREENS else "",
        current_zone(zone) if current_zone(zone) in zones() else "",
        ",".join(one for one in languages.split(",")[:MOST_LANGUAGES] if _LANGUAGE.fullmatch(one)),
        cores if cores in CORES else "",
        "touch" if touch == "touch" else "",
    )
