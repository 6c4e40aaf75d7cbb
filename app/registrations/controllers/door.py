"""`/console/door`: the events of a group, their guests, and checking them in by hand. All that a volunteer sees."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.registrations.checking_in import check_in, undo_check_in
from app.registrations.door import DoorEvent, door_event, door_events, guest_of, guests_of

Request_ = Request[Any, Any, Any]
PATH = "/console/door"


class DoorController(Controller):
    path = PATH
    guards = [requires(Permission.VERIFY_TICKETS)]

    @get()
    async def index(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        events = await door_events(viewer.group_id, now)
        return page(request, "registrations/door/index.html", events=events)

    @get("/{page_id:uuid}")
    async def event(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
    ) -> Response[str]:
        event = await door_event(page_id, viewer.group_id, now)
        query = request.query_params
        text = query.get("page", "1")
        number = int(text) if text.isascii() and text.isdigit() and len(text) < 6 else 1
        guests = await guests_of(event.page_id, query.get("q", ""), number)
        context: dict[str, Any] = {"event": event, "guests": guests}
        if is_htmx(request):
            return fragments(request, ("registrations/door/_guests.html", context))
        return page(request, "registrations/door/event.html", **context)

    @post("/{page_id:uuid}/guests/{registration_id:uuid}/check-in", status_code=200)
    async def check_in(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
        registration_id: FromPath[UUID],
    ) -> Response[str]:
        event = await door_event(page_id, viewer.group_id, now)
        guest = await guest_of(registration_id, event.page_id)
        done = await check_in(guest.id, now, actor_id=viewer.user_id)
        problem = "" if done else _("Somebody has checked them in already.")
        return await _answer(request, viewer, event, guest.id, now, _("Checked in."), problem)

    @delete("/{page_id:uuid}/guests/{registration_id:uuid}/check-in", status_code=200)
    async def undo(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
        registration_id: FromPath[UUID],
    ) -> Response[str]:
        event = await door_event(page_id, viewer.group_id, now)
        guest = await guest_of(registration_id, event.page_id)
        done = await undo_check_in(guest.id, now, actor_id=viewer.user_id)
        problem = "" if done else _("They are not checked in.")
        return await _answer(request, viewer, event, guest.id, now, _("Taken back."), problem)


async def _answer(
    request: Request_,
    viewer: Viewer,
    event: DoorEvent,
    guest_id: UUID,
    now: datetime,
    done: str,
    problem: str,
) -> Response[str]:
    if not is_htmx(request):
        return redirect(request, f"{PATH}/{event.page_id}", toast=problem or done)
    context = {
        "event": await door_event(event.page_id, viewer.group_id, now),
        "guest": await guest_of(guest_id, event.page_id),
        "problem": problem,
    }
    return fragments(
        request,
        ("registrations/door/_guest.html", context),
        ("registrations/door/_count.html", context),
        status=409 if problem else 200,
    )
