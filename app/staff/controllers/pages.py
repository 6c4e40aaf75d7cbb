"""`/console/staff/pages`: any page, taking it from the public and giving it back; and those that are suspended."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.members import member
from app.auth.organizations import organization_of
from app.core.errors import Conflict
from app.core.forms import Form, read_form
from app.core.i18n import gettext as _
from app.core.rendering import page, redirect
from app.orders.finding import count_of_page
from app.pages import loading
from app.pages.sharing import public_url
from app.pages.suspending import suspended_pages
from app.staff import acting
from app.staff.controllers.area import HOME, Request_, StaffController
from app.staff.forms import SuspensionForm
from app.staff.noting import Actor, actions_on
from app.staff.wording import words_of


class PagesController(StaffController):
    path = f"{HOME}/pages"

    @get()
    async def index(self, request: Request_) -> Response[str]:
        return page(request, "staff/suspended.html", pages=await suspended_pages())

    @get("/{page_id:uuid}")
    async def show(
        self, request: Request_, actor: Named[Actor], page_id: FromPath[UUID]
    ) -> Response[str]:
        found = await loading.by_id(page_id)
        await actor.did("looked-at-page", page_id, title=found.title)
        return await _show(request, actor, page_id)

    @post("/{page_id:uuid}/suspension", status_code=200)
    async def suspend(
        self, request: Request_, actor: Named[Actor], page_id: FromPath[UUID]
    ) -> Response[str]:
        form = await read_form(request, SuspensionForm)
        if form.data is None:
            return await _show(request, actor, page_id, 422, form=form)
        try:
            await acting.suspend_page(actor, page_id, form.data.reason)
        except Conflict as error:
            return await _show(request, actor, page_id, error.status, problem=error.message)
        done = _("Suspended. Its owners get a mail with the reason.")
        return redirect(request, f"{HOME}/pages/{page_id}", toast=done)

    @post("/{page_id:uuid}/suspension/removal", status_code=200)
    async def lift(
        self, request: Request_, actor: Named[Actor], page_id: FromPath[UUID]
    ) -> Response[str]:
        try:
            await acting.lift_suspension(actor, page_id)
        except Conflict as error:
            return await _show(request, actor, page_id, error.status, problem=error.message)
        done = _("The page is back. Its owners get a mail.")
        return redirect(request, f"{HOME}/pages/{page_id}", toast=done)


async def _show(
    request: Request_, actor: Actor, page_id: UUID, status: int = 200, **given: Any
) -> Response[str]:
    found = await loading.by_id(page_id)
    context: dict[str, Any] = {
        "page": found,
        "state": found.state(actor.now),
        "organization": await organization_of(found.organization_id),
        "creator": await member(found.user_id),
        "orders": await count_of_page(found.id),
        "public_url": public_url(found),
        "actions": await actions_on(found.id),
        "words_of": words_of,
        "form": Form[Any](),
        "problem": "",
        **given,
    }
    return page(request, "staff/page.html", status=status, **context)
