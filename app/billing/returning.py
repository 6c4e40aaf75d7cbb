"""The way back from choosing a plan to what had no room: kept in the browser while the plan is chosen and paid for.

A cookie, for a checkout that is open already is used again and keeps the address that it leads back to.
"""

from datetime import timedelta
from typing import Any
from urllib.parse import quote, unquote

from litestar import Request, Response
from litestar.datastructures import Cookie

from app.auth.cookies import cookie_name
from app.auth.redirects import own_path
from app.core.rendering import redirect
from app.core.settings import get_settings

Request_ = Request[Any, Any, Any]

COOKIE = "plan_back"
AGE = timedelta(hours=1)
CONSOLE = "/console/"


def console_path(target: str) -> str | None:
    """Return `target` when it is a path of the console, else None: nobody is sent anywhere else after paying."""
    found = own_path(target)
    if found is None or not found.startswith(CONSOLE) or "/.." in unquote(found):
        return None
    return found


def way_back(request: Request_) -> str | None:
    """Return the path that this request, or one before it, asked to come back to."""
    asked = console_path(request.query_params.get("back", ""))
    return asked or console_path(unquote(request.cookies.get(cookie_name(COOKIE), "")))


def remember_way(response: Response[Any], back: str | None) -> None:
    if back is not None:
        response.set_cookie(_cookie(quote(back, safe="/"), AGE))


def lead_back(request: Request_, otherwise: str, toast: str) -> Response[str]:
    """Redirect to where the way back leads, and forget it; to `otherwise` when there is none."""
    back = way_back(request)
    response = redirect(request, back or otherwise, toast=toast)
    if back is not None:
        response.set_cookie(_cookie("", timedelta()))
    return response


def _cookie(value: str, age: timedelta) -> Cookie:
    return Cookie(
        key=cookie_name(COOKIE),
        value=value,
        max_age=int(age.total_seconds()),
        path="/",
        httponly=True,
        secure=get_settings().secure,
        samesite="lax",
    )
