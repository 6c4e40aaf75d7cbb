"""The verbs of a registration as sub-resources: cancelled, promoted, checked in, erased; one, or many at once."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, Any, Literal
from uuid import UUID

from litestar import Controller, Request, Response, delete, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from pydantic import Field

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Conflict, Invalid
from app.core.forms import FormModel, read_form
from app.core.i18n import gettext as _
from app.core.i18n import ngettext
from app.core.rendering import fragments, is_htmx, redirect
from app.registrations.cancelling import cancel
from app.registrations.checking_in import check_in, undo_check_in
from app.registrations.controllers.console import filter_of, list_context
from app.registrations.controllers.views import act, collection_for, found
from app.registrations.erasing import erase
from app.registrations.listing import PAGE_SIZE, list_registrations
from app.registrations.promoting import promote
from app.registrations.queries import RegistrationView, of_group

Request_ = Request[Any, Any, Any]
Verb = Callable[[RegistrationView, Viewer, datetime], Awaitable[bool]]

MOST_AT_ONCE = 4 * PAGE_SIZE
manage = [requires(Permission.MANAGE_REGISTRATIONS)]
checks_in = [requires(Permission.SEE_REGISTRATIONS), requires(Permission.VERIFY_TICKETS)]


class BulkForm(FormModel):
    """The ticked registrations, and what is to happen to them."""

    id: Annotated[list[UUID], Field(max_length=MOST_AT_ONCE)] = []
    verb: Literal["cancel", "check-in", "promote", "erase"]


class RegistrationVerbController(Controller):
    path = "/console/registrations"

    @post("/{registration_id:str}/cancellation", guards=manage, status_code=200)
    async def cancel(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime], registration_id: FromPath[str]
    ) -> Response[str]:  # fmt: skip
        registration = await found(viewer, registration_id)
        verb = _cancel(registration, viewer, now)
        return await act(request, viewer, registration, now, verb, _("Cancelled."))

    @post("/{registration_id:str}/promotion", guards=manage, status_code=200)
    async def promote(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime], registration_id: FromPath[str]
    ) -> Response[str]:  # fmt: skip
        registration = await found(viewer, registration_id)
        verb = _promote(registration, viewer, now)
        return await act(request, viewer, registration, now, verb, _("Promoted."))

    @post("/{registration_id:str}/check-in", guards=checks_in, status_code=200)
    async def check_in(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime], registration_id: FromPath[str]
    ) -> Response[str]:  # fmt: skip
        registration = await found(viewer, registration_id)
        verb = _check_in(registration, viewer, now)
        return await act(request, viewer, registration, now, verb, _("Checked in."))

    @delete("/{registration_id:str}/check-in", guards=checks_in, status_code=200)
    async def undo_check_in(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime], registration_id: FromPath[str]
    ) -> Response[str]:  # fmt: skip
        registration = await found(viewer, registration_id)
        verb = undo_check_in(registration.id, now, actor_id=viewer.user_id)
        return await act(request, viewer, registration, now, verb, _("Taken back."))

    @post("/{registration_id:str}/erasure", guards=manage, status_code=200)
    async def erase(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime], registration_id: FromPath[str]
    ) -> Response[str]:  # fmt: skip
        registration = await found(viewer, registration_id)
        await _erase(registration, viewer, now)
        return redirect(request, "/console/registrations", toast=_("Erased."))

    @post("/bulk", guards=manage, status_code=200)
    async def bulk(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """Do one thing to all that are ticked. What does not fit one of them leaves that one as it is."""
        form = await read_form(request, BulkForm)
        if form.data is None:
            raise Invalid
        chosen = [await of_group(id, viewer.group_id) for id in dict.fromkeys(form.data.id)]
        done = 0
        for registration in chosen:
            try:
                done += await VERBS[form.data.verb](registration, viewer, now)
            except Conflict:
                continue
        said = _said(done, len(chosen))
        if not is_htmx(request):
            return redirect(request, "/console/registrations", toast=said)
        listing = await list_registrations(viewer.group_id, filter_of(request), 1)
        context = list_context(viewer, listing)
        filters = ("registrations/console/_filters.html", context)
        return fragments(
            request, ("registrations/console/_list.html", context), filters, toast=said
        )


def _said(done: int, chosen: int) -> str:
    if not chosen:
        return _("Nothing was ticked.")
    said = ngettext("Done for %(num)s registration.", "Done for %(num)s registrations.", done)
    left = chosen - done
    return (
        said + " " + ngettext("%(num)s stayed as it was.", "%(num)s stayed as they were.", left)
        if left
        else said
    )


async def _cancel(registration: RegistrationView, viewer: Viewer, now: datetime) -> bool:
    collection = await collection_for(registration, now)
    return await cancel(collection, registration.id, now, actor_id=viewer.user_id)


async def _promote(registration: RegistrationView, viewer: Viewer, now: datetime) -> bool:
    collection = await collection_for(registration, now)
    await promote(collection, registration.id, now, actor_id=viewer.user_id)
    return True


async def _check_in(registration: RegistrationView, viewer: Viewer, now: datetime) -> bool:
    if not await check_in(registration.id, now, actor_id=viewer.user_id):
        raise Conflict(_("Only who is registered, and not checked in yet, can be checked in."))
    return True


async def _erase(registration: RegistrationView, _viewer: Viewer, now: datetime) -> bool:
    return await erase(await collection_for(registration, now), registration.id, now)


VERBS: dict[str, Verb] = {
    "cancel": _cancel,
    "check-in": _check_in,
    "promote": _promote,
    "erase": _erase,
}
