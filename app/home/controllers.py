"""The landing page, /console, robots.txt, and the style guide (development and tests only)."""

from datetime import datetime, timedelta
from typing import Any

from litestar import Controller, Request, Response, get
from litestar.connection import ASGIConnection
from litestar.di import NamedDependency as Named
from litestar.handlers import BaseRouteHandler

from app.auth.permissions import Permission
from app.auth.viewing import viewer_of
from app.core.errors import NotFound
from app.core.forms import Form, FormModel
from app.core.i18n import gettext as _
from app.core.rendering import page, redirect
from app.core.settings import get_settings

Request_ = Request[Any, Any, Any]

EXAMPLE_ZONE = "Europe/Berlin"
# Long enough to be read, short enough to look like an evening.
EXAMPLE_LEFT = timedelta(hours=2, minutes=47, seconds=12)

# Whatever is one person's own, or costs a job to show. Ended pages say themselves that they must not be indexed.
ROBOTS = """User-agent: *
Disallow: /console
Disallow: /orders/
Disallow: /download
Disallow: /d/
Disallow: /api/
Disallow: /reset/
"""


class HomeController(Controller):
    """What everyone may see."""

    @get("/")
    async def show(self, request: Request_, now: Named[datetime]) -> Response[str]:
        return page(
            request, "home/show.html", now=now, deadline=now + EXAMPLE_LEFT, zone=EXAMPLE_ZONE
        )

    @get("/console")
    async def console(self, request: Request_) -> Response[str]:
        """Go to the first thing that this person may see: the pages, the door, or their own account."""
        viewer = viewer_of(request)
        if viewer is None or viewer.can(Permission.SEE_PAGES):
            return redirect(request, "/console/pages")
        at_door = viewer.can(Permission.VERIFY_TICKETS)
        return redirect(request, "/console/door" if at_door else "/console/account")

    @get("/robots.txt", media_type="text/plain", sync_to_thread=False)
    def robots(self) -> str:
        return ROBOTS


def while_developing(_connection: ASGIConnection[Any, Any, Any, Any], _: BaseRouteHandler) -> None:
    """Refuse in production. Raises NotFound."""
    if get_settings().environment == "production":
        raise NotFound


class StyleguideController(Controller):
    """Every component in every state, for the eye and for the accessibility tests."""

    path = "/console/styleguide"
    guards = [while_developing]

    @get("/")
    async def console(self, request: Request_, now: Named[datetime]) -> Response[str]:
        return page(
            request,
            "styleguide/show.html",
            form=_with_errors(),
            form_ok=_filled(),
            zone=EXAMPLE_ZONE,
            then=now - timedelta(hours=5),
            deadline=now + timedelta(days=2, hours=4),
        )

    @get("/page")
    async def public(self, request: Request_, now: Named[datetime]) -> Response[str]:
        return page(
            request,
            "styleguide/page.html",
            now=now,
            zone=EXAMPLE_ZONE,
            then=now + timedelta(minutes=4, seconds=12),
            deadline=now + EXAMPLE_LEFT,
        )


def _filled() -> Form[FormModel]:
    values: dict[str, Any] = {
        "title": "Field notes, the whole shelf",
        "description": "Four years of drawings from the river.",
        "soldout": "show-message",
        "price": "49.00",
        "discount": "40",
        "ends": "2026-06-21T22:00",
        "accent": "#0d5c50",
        "locked": "Flash sale",
        "original": "on",
        "days": ["1"],
    }
    return Form(values=values)


def _with_errors() -> Form[FormModel]:
    form = _filled()
    form.values.update(discount="140", ends="2020-01-01T10:00", days=["7"])
    form.add("discount", _("At most %(n)s, please.", n=100))
    form.add("ends", _("The end must be in the future."))
    return form


controllers = [HomeController, StyleguideController]
