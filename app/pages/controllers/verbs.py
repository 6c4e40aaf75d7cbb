"""The verbs of a page's life as sub-resources. Each loads the viewer's page, calls one function, shows the page again."""

from collections.abc import Awaitable
from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.billing.limits import LimitReached
from app.core.errors import Conflict, Invalid
from app.core.forms import Form, read_form
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.pages import ending, extending, loading, pausing, publishing, running_again
from app.pages.controllers.views import detail_context
from app.pages.editing import read_until
from app.pages.forms import (
    ExtensionForm,
    PauseForm,
    PublicationForm,
    RerunForm,
    StockForm,
)
from app.pages.loading import PageRecord

Request_ = Request[Any, Any, Any]
Who, Now, PageId = Named[Viewer], Named[datetime], FromPath[UUID]


async def _do(
    request: Request_,
    viewer: Viewer,
    found: PageRecord,
    now: datetime,
    verb: Awaitable[object],
    done: str,
) -> Response[str]:
    """Do a verb and show the page as it is then; what stands against it is said on top of the page."""
    try:
        await verb
    except (Conflict, Invalid, LimitReached) as error:
        stored = await loading.of_group(found.id, viewer.group_id)
        more = {"problem": error.message, "upgrade": isinstance(error, LimitReached)}
        return await _show(request, viewer, stored, now, error.status, **more)
    if not is_htmx(request):
        return redirect(request, f"/console/pages/{found.id}", toast=done)
    stored = await loading.of_group(found.id, viewer.group_id)
    context = await detail_context(viewer, stored, now)
    return fragments(request, ("pages/_detail.html", context), toast=done)


async def _show(
    request: Request_, viewer: Viewer, found: PageRecord, now: datetime, status: int, **more: Any
) -> Response[str]:
    context = {**await detail_context(viewer, found, now), **more}
    if is_htmx(request):
        return fragments(request, ("pages/_detail.html", context), status=status)
    return page(request, "pages/detail.html", status=status, **context)


async def _refused(
    request: Request_, viewer: Viewer, found: PageRecord, now: datetime, name: str, form: Form[Any]
) -> Response[str]:
    """Show a verb's form again, with what is wrong beside its fields."""
    first = next(iter(form.errors.values()))[0]
    return await _show(request, viewer, found, now, 422, problem=first, **{name: form})


class VerbController(Controller):
    path = "/console/pages/{page_id:uuid}"
    guards = [requires(Permission.PUBLISH_PAGES)]

    @post("/publication", status_code=200)
    async def publish(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, PublicationForm)
        if form.data is None:
            return await _refused(request, viewer, found, now, "publication", form)
        verb, done = {
            "now": (publishing.publish, _("It is out.")),
            "launch": (publishing.schedule, _("Scheduled.")),
            "draft": (publishing.unschedule, _("It is a draft again.")),
        }[form.data.at]
        return await _do(request, viewer, found, now, verb(found, viewer.user_id, now), done)

    @delete("/publication", status_code=200)
    async def unschedule(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        verb = publishing.unschedule(found, viewer.user_id, now)
        return await _do(request, viewer, found, now, verb, _("It is a draft again."))

    @post("/pause", status_code=200)
    async def pause(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, PauseForm)
        if form.data is None:
            return await _refused(request, viewer, found, now, "pause", form)
        if form.data.deadline == "over":
            verb = pausing.resume(found, viewer.user_id, now)
            return await _do(request, viewer, found, now, verb, _("It runs again."))
        moves = form.data.deadline == "moves"
        verb = pausing.pause(found, viewer.user_id, now, moves_deadline=moves)
        done = _("Paused. Nothing is sold meanwhile.")
        return await _do(request, viewer, found, now, verb, done)

    @delete("/pause", status_code=200)
    async def resume(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        verb = pausing.resume(found, viewer.user_id, now)
        return await _do(request, viewer, found, now, verb, _("It runs again."))

    @post("/extension", status_code=200)
    async def extend(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, ExtensionForm)
        until = read_until(form, found)
        if until is None:
            return await _refused(request, viewer, found, now, "extension", form)
        verb = extending.extend(found, until, viewer.user_id, now)
        return await _do(request, viewer, found, now, verb, _("Extended."))

    @post("/stock", status_code=200)
    async def add_stock(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, StockForm)
        if form.data is None:
            return await _refused(request, viewer, found, now, "stock", form)
        asked = form.data
        verb = extending.add_stock(found, asked.add, asked.content, viewer.user_id, now, asked.id)
        return await _do(request, viewer, found, now, verb, _("Added."))

    @post("/ending", status_code=200)
    async def end(self, request: Request_, viewer: Who, page_id: PageId, now: Now) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        verb = ending.end(found, viewer.user_id, now)
        return await _do(request, viewer, found, now, verb, _("It has ended."))

    @post("/rerun", status_code=200)
    async def rerun(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, RerunForm)
        if form.data is None:
            return await _refused(request, viewer, found, now, "rerun", form)
        try:
            made = await running_again.run_again(found, form.data.id, viewer, now)
        except (Conflict, Invalid) as error:
            return await _show(request, viewer, found, now, error.status, problem=error.message)
        toast = _("Here is the new page. Set when it ends, and publish it.")
        return redirect(request, f"/console/pages/{made}/edit", toast=toast)
