"""`/console/staff/flags`: what is switched on for whom."""

from collections.abc import Awaitable
from typing import Any
from uuid import UUID

from litestar import Response, get, post, route
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.organizations import names_of_organizations
from app.core.errors import Conflict
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.flags.queries import list_flags
from app.staff import flagging
from app.staff.controllers.area import HOME, Request_, StaffController
from app.staff.forms import FlagForForm, NewFlagForm, ShareForm
from app.staff.noting import Actor

PATH = f"{HOME}/flags"


class FlagsController(StaffController):
    path = PATH

    @get()
    async def show(self, request: Request_) -> Response[str]:
        return await _show(request)

    @post(status_code=200)
    async def create(self, request: Request_, actor: Named[Actor]) -> Response[str]:
        form = await read_form(request, NewFlagForm)
        if form.data is None:
            return await _show(request, 422, at=form.value("name"), form=form)
        verb = flagging.create(actor, form.data.name, form.data.percentage)
        return await _do(request, verb, form.data.name, form)

    @post("/{flag_id:uuid}/percentage", status_code=200)
    async def share(
        self, request: Request_, actor: Named[Actor], flag_id: FromPath[UUID]
    ) -> Response[str]:
        form = await read_form(request, ShareForm)
        if form.data is None:
            return await _show(request, 422, at=str(flag_id), form=form)
        verb = flagging.share(actor, flag_id, form.data.percentage)
        return await _do(request, verb, str(flag_id), form)

    @post("/{flag_id:uuid}/organizations", status_code=200)
    async def set_for(
        self, request: Request_, actor: Named[Actor], flag_id: FromPath[UUID]
    ) -> Response[str]:
        form = await read_form(request, FlagForForm)
        if form.data is None:
            return await _show(request, 422, at=str(flag_id), form=form)
        sent = form.data
        verb = flagging.set_for(actor, flag_id, sent.organization, sent.to == "on")
        return await _do(request, verb, str(flag_id), form)

    # POST is what a form without scripts can send.
    @route(
        "/{flag_id:uuid}/organizations/{organization_id:uuid}",
        http_method=["DELETE", "POST"],
        status_code=200,
    )
    async def unset_for(
        self,
        request: Request_,
        actor: Named[Actor],
        flag_id: FromPath[UUID],
        organization_id: FromPath[UUID],
    ) -> Response[str]:
        return await _do(request, flagging.unset_for(actor, flag_id, organization_id))

    @route("/{flag_id:uuid}", http_method=["DELETE", "POST"], status_code=200)
    async def delete(
        self, request: Request_, actor: Named[Actor], flag_id: FromPath[UUID]
    ) -> Response[str]:
        return await _do(request, flagging.delete(actor, flag_id))


async def _do(
    request: Request_, verb: Awaitable[object], at: str = "", form: Form[Any] | None = None
) -> Response[str]:
    """Do a verb and show the flags as they are then; what was wrong stands at the flag `at`."""
    try:
        await verb
    except FieldError as error:
        shown = form or Form[Any]()
        shown.take(error)
        return await _show(request, 422, at=at, form=shown)
    except Conflict as error:
        return await _show(request, error.status, problem=error.message)
    done = _("Switched, in every process at once.")
    if not is_htmx(request):
        return redirect(request, PATH, toast=done)
    return await _show(request, toast=done)


async def _show(request: Request_, status: int = 200, **given: Any) -> Response[str]:
    flags = await list_flags()
    known = {one.organization_id for flag in flags for one in flag.settings}
    context: dict[str, Any] = {
        "flags": flags,
        "names": await names_of_organizations(known) if known else {},
        "at": "",
        "form": Form[Any](),
        "problem": "",
        **given,
    }
    if is_htmx(request):
        toast = given.get("toast")
        return fragments(request, ("staff/_flags.html", context), status=status, toast=toast)
    return page(request, "staff/flags.html", status=status, **context)
