"""Who looks at the console: found from the cookies of each request, handed to handlers, asked by guards.

`main.py` installs `ViewerMiddleware`, the dependency `viewer` and the handler of `LoginRequired`.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, cast
from urllib.parse import quote, urlsplit
from uuid import UUID

from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.handlers.base import BaseRouteHandler

from app.auth.permissions import Permission
from app.auth.redirects import own_path
from app.auth.viewer import Viewer
from app.core.db import fetch_one
from app.core.errors import MayflyError, NotFound
from app.core.i18n import gettext as _
from app.core.rendering import is_htmx, redirect

AnyConnection = ASGIConnection[Any, Any, Any, Any]

# By primary keys and one short index range: what a console request pays for sessions that end at once.
_LOAD = """
SELECT u.id, u.organization_id, u.group_id, u.email, u.name, u.zone, u.verified_at IS NOT NULL AS verified,
  ARRAY(SELECT r.name FROM user_role held JOIN role r ON r.id = held.role_id
        WHERE held.user_id = u.id AND r.group_id = u.group_id) AS roles
FROM session s JOIN "user" u ON u.id = s.user_id
WHERE s.id = $1 AND s.user_id = $2 AND s.ended_at IS NULL AND s.expires_at > $3
"""


class LoginRequired(MayflyError):
    """Nobody is logged in where somebody must be; answered with the login page."""

    status = 401

    def default_message(self) -> str:
        return _("Please log in.")


async def load_viewer(session_id: UUID, user_id: UUID, now: datetime) -> Viewer | None:
    """Return the person of a live session, as they are now; None when the session has ended."""
    row = await fetch_one(_LOAD, session_id, user_id, now)
    if row is None:
        return None
    return Viewer(
        user_id=row["id"],
        organization_id=row["organization_id"],
        group_id=row["group_id"],
        email=row["email"],
        name=row["name"],
        roles=frozenset(row["roles"]),
        session_id=session_id,
        verified=row["verified"],
        zone=row["zone"],
    )


def viewer_of(connection: AnyConnection) -> Viewer | None:
    """Return who is logged in on this request, or None."""
    return cast(Viewer | None, connection.scope.get("viewer"))


async def provide_viewer(request: Request[Any, Any, Any]) -> Viewer:
    """The dependency `viewer`. Raises LoginRequired."""
    viewer = viewer_of(request)
    if viewer is None:
        raise LoginRequired
    return viewer


@dataclass(frozen=True)
class Requires:
    """A guard: what a viewer may not see or do isn't there (404). Tests read `permission` off every route."""

    permission: Permission

    def __call__(self, connection: AnyConnection, _handler: BaseRouteHandler) -> None:
        viewer = viewer_of(connection)
        if viewer is None:
            raise LoginRequired
        if not viewer.can(self.permission):
            raise NotFound


def requires(permission: Permission) -> Requires:
    """Return the guard of one permission."""
    return Requires(permission)


def to_login(request: Request[Any, Any, Any], _error: LoginRequired) -> Response[str]:
    """Send the browser to the login page, and afterwards back to the page it was on."""
    path = own_path(_page_of(request))
    return redirect(request, f"/login?next={quote(path)}" if path else "/login")


def _page_of(request: Request[Any, Any, Any]) -> str:
    """Return the path and query of the page that the browser is on; "" when it can't be told."""
    if is_htmx(request):
        try:
            current = urlsplit(request.headers.get("hx-current-url", ""))
        except ValueError:
            return ""
        path, query = current.path, current.query
    elif request.method == "GET":
        # Not request.url: it can't be read when the Host header is nonsense.
        path, query = request.scope["path"], request.scope["query_string"].decode("latin-1")
    else:
        return ""
    return f"{path}?{query}" if query else path
