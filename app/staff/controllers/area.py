"""Who acts: put together once for every controller of the staff area."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request
from litestar.di import NamedDependency, Provide

from app.auth.staff import staff_only
from app.auth.viewer import Viewer
from app.core.ratelimit import client_address
from app.staff.noting import Actor

Request_ = Request[Any, Any, Any]

HOME = "/console/staff"


async def provide_actor(
    request: Request_, viewer: NamedDependency[Viewer], now: NamedDependency[datetime]
) -> Actor:
    return Actor(viewer, now, client_address(request))


class StaffController(Controller):
    """Base of the staff area's controllers: nobody else finds them."""

    guards = [staff_only]
    dependencies = {"actor": Provide(provide_actor)}


def page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1
