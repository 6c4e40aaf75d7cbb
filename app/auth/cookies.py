"""The cookies of a session: HttpOnly, SameSite=Lax, and bound to the host by their name wherever https allows it."""

from datetime import timedelta
from typing import Any
from urllib.parse import urlsplit

import httpx
from litestar import Response
from litestar.datastructures import Cookie

from app.auth.tokens import Tokens
from app.core.settings import get_settings

DEVICE_AGE = timedelta(days=365)


def cookie_name(name: str) -> str:
    """Return the name with the prefix that makes browsers refuse it from any other host or over http."""
    return f"__Host-{name}" if get_settings().secure else name


def _cookie(name: str, value: str, age: timedelta) -> Cookie:
    return Cookie(
        key=cookie_name(name),
        value=value,
        max_age=int(age.total_seconds()),
        path="/",
        httponly=True,
        secure=get_settings().secure,
        samesite="lax",
    )


def session_cookies(tokens: Tokens) -> list[Cookie]:
    """Return the cookies that hold a session."""
    return [
        _cookie("access", tokens.access, tokens.access_age),
        _cookie("refresh", tokens.refresh, tokens.refresh_age),
    ]


def no_session_cookies() -> list[Cookie]:
    """Return the cookies that make a browser forget its session."""
    return [_cookie(name, "", timedelta()) for name in ("access", "refresh")]


def device_cookie(value: str) -> Cookie:
    """Return the cookie by which a browser that has logged in before is known (`limiting.py`)."""
    return _cookie("device", value, DEVICE_AGE)


def step_cookie(value: str, age: timedelta) -> Cookie:
    """Return the cookie that carries a login from its first step to its second; "" makes the browser forget it."""
    return _cookie("step", value, age if value else timedelta())


def set_cookies(response: Response[Any], cookies: list[Cookie]) -> None:
    for cookie in cookies:
        response.set_cookie(cookie)


def set_session_cookies_on(jar: httpx.Cookies, tokens: Tokens) -> None:
    """Log in a client of our own (tests, rehearsals) without a form."""
    host = urlsplit(get_settings().base_url).hostname or ""
    for cookie in session_cookies(tokens):
        jar.set(cookie.key, cookie.value or "", domain=host, path="/")
