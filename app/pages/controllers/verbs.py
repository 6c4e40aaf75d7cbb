"""The verbs of a page's life as sub-resources. Each loads the viewer's page, calls one function, shows the page again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, post

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import MayflyError
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.pages import ending, extending, loading, pausing, publishing, running_again, sharing
from app.pages.controllers.views import detail_context
from app.pages.forms import (
    ExtensionForm,
    PauseForm,
    PublicationForm,
    RerunForm,
    ShareForm,
    StockForm,
)
from app.pages.loading import PageRecord
from app.pages.local_times import to_utc

Request_ = Request[Any, Any, Any]


async def _shown(
    request: Request_, viewer: Viewer, found: PageRecord, now: datetime, toast: str
) -> Response[str]:
    """Answer a verb that was done: the page's fragment, or the way back to it."""
    if not is_htmx(request):
        return redirect(request, f"/console/pages/{found.id}", toast=toast)
    stored = await loading.of_group(found.id, viewer.group_id)
    context = await detail_context(viewer, stored, now)
    return fragments(request, ("pages/_detail.html", context), toast=toast)


async def _refused(
    request: Request_, viewer: Viewer, found: PageRecord, now: datetime, **forms: Form[Any]
) -> Response[str]:
    """Show a verb's form again, with what is wrong beside its fields."""
    context = {**await detail_context(viewer, found, now), **forms, "open": next(iter(forms))}
    if is_htmx(request):
        return fragments(request, ("pages/_detail.html", context), status=422)
    return page(request, "pages/detail.html", status=422, **context)


class VerbController(Controller):
    path = "/console/pages/{page_id:uuid}"
    guards = [requires(Permission.PUBLISH_PAGES)]

    @post("/publication", status_code=200)
    async def publish(
        self, request: Request_, viewer: Viewer, page_id: UUID, now: datetime
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, PublicationForm)
        if form.data is None:
            return await _refused(request, viewer, found, now, publication=form)
        if form.data.at == "launch":
            await publishing.schedule(found, viewer.user_id, now)
            return await _shown(request, viewer, found, now, _("Scheduled."))
        if form.data.at == "draft":
            await publishing.unschedule(found, viewer.user_id, now)
            return await _shown(request, viewer, found, now, _("It is a draft again."))
        await publishing.publish(found, viewer.user_id, now)
        return await _shown(request, viewer, found, now, _("It is out."))

    @delete("/publication", status_code=200)
    async def unschedule(
        self, request: Request_, viewer: Viewer, page_id: UUID, now: datetime
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        await publishing.unschedule(found, viewer.user_id, now)
        return await _shown(request, viewer, found, now, _("It is a draft again."))

    @post("/pause", status_code=200)
    async def pause(
        self, request: Request_, viewer: Viewer, page_id: UUID, now: datetime
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, PauseForm)
        if form.data is None:
            return await _refused(request, viewer, found, now, pause=form)
        if form.data.deadline == "over":
            await pausing.resume(found, viewer.user_id, now)
            return await _shown(request, viewer, found, now, _("It runs again."))
        moves = form.data.deadline == "moves"
        await pausing.pause(found, viewer.user_id, now, moves_deadline=moves)
        return await _shown(request, viewer, found, now, _("Paused. Nothing is sold meanwhile."))

    @delete("/pause", status_code=200)
    async def resume(
        self, request: Request_, viewer: Viewer, page_id: UUID, now: datetime
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        await pausing.resume(found, viewer.user_id, now)
        return await _shown(request, viewer, found, now, _("It runs again."))

    @post("/extension", status_code=200)
    async def extend(
        self, request: Request_, viewer: Viewer, page_id: UUID, now: datetime
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, ExtensionForm)
        try:
            if form.data is None:
                return await _refused(request, viewer, found, now, extension=form)
            asked = form.data
            until = to_utc("expires_at", asked.expires_at, found.zone, asked.expires_at_fold)
            assert until is not None, "the form requires a time"
            await extending.extend(found, until, viewer.user_id, now)
        except FieldError as error:
            form.take(error)
        except MayflyError as error:
            form.add("expires_at", error.message)
        if form.errors:
            return await _refused(request, viewer, found, now, extension=form)
        return await _shown(request, viewer, found, now, _("Extended."))

    @post("/stock", status_code=200)
    async def add_stock(
        self, request: Request_, viewer: Viewer, page_id: UUID, now: datetime
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, StockForm)
        if form.data is None:
            return await _refused(request, viewer, found, now, stock=form)
        await extending.add_stock(found, form.data.add, form.data.content, viewer.user_id, now)
        return await _shown(request, viewer, found, now, _("Added."))

    @post("/ending", status_code=200)
    async def end(
        self, request: Request_, viewer: Viewer, page_id: UUID, now: datetime
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        await ending.end(found, viewer.user_id, now)
        return await _shown(request, viewer, found, now, _("It has ended."))

    @post("/rerun", status_code=200)
    async def rerun(
        self, request: Request_, viewer: Viewer, page_id: UUID, now: datetime
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, RerunForm)
        if form.data is None:
            return await _refused(request, viewer, found, now, rerun=form)
        made = await running_again.run_again(found, form.data.id, viewer, now)
        toast = _("Here is the new page. Set when it ends, and publish it.")
        return redirect(request, f"/console/pages/{made}/edit", toast=toast)


class ShareController(Controller):
    path = "/console/pages/{page_id:uuid}/share-links"
    guards = [requires(Permission.EDIT_PAGES)]

    @post(status_code=200)
    async def share(
        self, request: Request_, viewer: Viewer, page_id: UUID, now: datetime
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, ShareForm)
        if form.data is None:
            return await _refused(request, viewer, found, now, share=form)
        await sharing.make_link(found, form.data.source, viewer.user_id, now)
        return await _shown(request, viewer, found, now, _("Here is the link."))
