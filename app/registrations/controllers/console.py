"""The creator's registrations: list, export, and one of them."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from litestar.response import Stream

from app.auth.limiting import limit_exports
from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Conflict, NotFound
from app.core.forms import FORM_LEVEL
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.pages import loading
from app.pages.collecting import collection_of
from app.pages.fields import FieldDefinition
from app.registrations.changing import change
from app.registrations.controllers.views import detail_context, found, show
from app.registrations.exporting import export_registrations
from app.registrations.forms import changes_of, read_change
from app.registrations.listing import Filter, Listing, list_registrations, read_filter
from app.registrations.queries import of_group

Request_ = Request[Any, Any, Any]


class ConsoleRegistrationController(Controller):
    path = "/console/registrations"
    guards = [requires(Permission.SEE_REGISTRATIONS)]

    @get()
    async def index(self, request: Request_, viewer: Named[Viewer]) -> Response[str]:
        number = _page_number(request.query_params.get("page", "1"))
        listing = await list_registrations(viewer.group_id, filter_of(request), number)
        context = list_context(viewer, listing)
        if is_htmx(request):
            rows, filters = (
                "registrations/console/_list.html",
                "registrations/console/_filters.html",
            )
            return fragments(request, (rows, context), (filters, context))
        return page(request, "registrations/console/index.html", **context)

    @get("/export.csv", guards=[requires(Permission.EXPORT)])
    async def export(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Stream:
        await limit_exports(request, viewer.user_id)
        narrowed = filter_of(request)
        fields = await _fields(viewer, narrowed, now)
        headers = {
            "Content-Disposition": 'attachment; filename="registrations.csv"',
            "Cache-Control": "no-store",
        }
        rows = export_registrations(viewer.group_id, narrowed, fields)
        return Stream(rows, media_type="text/csv", headers=headers)

    @get("/{registration_id:str}")
    async def show(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        registration_id: FromPath[str],
    ) -> Response[str]:
        registration = await found(viewer, registration_id)
        return page(
            request,
            "registrations/console/show.html",
            **await detail_context(viewer, registration, now),
        )

    @post(
        "/{registration_id:str}",
        guards=[requires(Permission.MANAGE_REGISTRATIONS)],
        status_code=200,
    )
    async def edit(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        registration_id: FromPath[str],
    ) -> Response[str]:
        registration = await found(viewer, registration_id)
        collection = await collection_of(registration.page_id, now)
        read = await read_change(request, collection.asks)
        status = 422
        if read.form.ok:
            try:
                changes = changes_of(read, registration, collection.asks)
                await change(collection, registration.id, changes, now, actor_id=viewer.user_id)
            except Conflict as error:
                read.form.add(FORM_LEVEL, error.message)
                status = error.status
        if not read.form.ok:
            context = await detail_context(viewer, registration, now, read.form)
            return show(request, context, status)
        if not is_htmx(request):
            url = f"/console/registrations/{registration.id}"
            return redirect(request, url, toast=_("Saved."))
        fresh = await of_group(registration.id, viewer.group_id)
        detail = "registrations/console/_detail.html"
        context = await detail_context(viewer, fresh, now)
        return fragments(request, (detail, context), toast=_("Saved."))


def list_context(viewer: Viewer, listing: Listing) -> dict[str, Any]:
    """What the list and its filters take."""
    return {
        "listing": listing,
        "may_export": viewer.can(Permission.EXPORT),
        "may_message": viewer.can(Permission.MESSAGE),
        "may_manage": viewer.can(Permission.MANAGE_REGISTRATIONS),
    }


def filter_of(request: Request_) -> Filter:
    query = request.query_params
    return read_filter(query.get("q", ""), query.get("state", ""), query.get("page_id", ""))


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


async def _fields(
    viewer: Viewer, narrowed: Filter, now: datetime
) -> Sequence[FieldDefinition] | None:
    """Return the questions of the one page that an export is narrowed to."""
    if narrowed.page_id is None:
        return None
    try:
        own = await loading.of_group(narrowed.page_id, viewer.group_id)
        return (await collection_of(own.id, now)).asks.fields
    except NotFound:
        return None
