"""What the console's templates of registrations take, and how actions answer."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any

from litestar import Request, Response

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.core.errors import Conflict, NotFound
from app.core.forms import Form
from app.core.ids import parse_id
from app.core.rendering import fragments, is_htmx, page, redirect
from app.notifications.queries import messages_about
from app.pages.collecting import Collection, collection_of
from app.registrations.consents import consent_of
from app.registrations.controllers.managing import form_of
from app.registrations.fields import labelled
from app.registrations.happenings import happening_of
from app.registrations.history import history_of
from app.registrations.queries import RegistrationView, of_group

Request_ = Request[Any, Any, Any]
DETAIL = "registrations/console/_detail.html"


async def found(viewer: Viewer, registration_id: str) -> RegistrationView:
    """Return a registration of the viewer's group. Raises NotFound."""
    known = parse_id(registration_id)
    if known is None:
        raise NotFound
    return await of_group(known, viewer.group_id)


async def detail_context(
    viewer: Viewer,
    registration: RegistrationView,
    now: datetime,
    form: Form[Any] | None = None,
    problem: str = "",
) -> dict[str, Any]:
    """What `_detail.html` takes."""
    collection = await collection_of(registration.page_id, now)
    return {
        "registration": registration,
        "collection": collection,
        "asks": collection.asks,
        "happening": happening_of(collection),
        "answers": labelled(collection.asks.fields, registration.answers),
        "consent": await consent_of(registration.consent_id),
        "history": await history_of(registration.id),
        "messages": await messages_about(registration.id),
        "form": form or form_of(collection, registration),
        "problem": problem,
        "may_manage": viewer.can(Permission.MANAGE_REGISTRATIONS),
        "may_check_in": viewer.can(Permission.VERIFY_TICKETS),
    }


async def act(
    request: Request_,
    viewer: Viewer,
    registration: RegistrationView,
    now: datetime,
    verb: Awaitable[object],
    done: str,
) -> Response[str]:
    """Do a verb and show the registration as it is then; what stands against it is said on top."""
    try:
        await verb
    except Conflict as error:
        fresh = await of_group(registration.id, viewer.group_id)
        context = await detail_context(viewer, fresh, now, problem=error.message)
        return show(request, context, error.status)
    if not is_htmx(request):
        return redirect(request, f"/console/registrations/{registration.id}", toast=done)
    fresh = await of_group(registration.id, viewer.group_id)
    return fragments(request, (DETAIL, await detail_context(viewer, fresh, now)), toast=done)


def show(request: Request_, context: dict[str, Any], status: int = 200) -> Response[str]:
    if is_htmx(request):
        return fragments(request, (DETAIL, context), status=status)
    return page(request, "registrations/console/show.html", status=status, **context)


async def collection_for(registration: RegistrationView, now: datetime) -> Collection:
    return await collection_of(registration.page_id, now)
