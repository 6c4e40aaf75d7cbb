"""/console/pages: the list, a new page, one page and its figures."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.forms import FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.core.zones import check_zone, zone_choices
from app.pages import changing, loading
from app.pages.controllers.views import detail_context, figures_context, new_form
from app.pages.forms import NewPageForm
from app.pages.imaging import picture
from app.pages.queries import STATES, list_pages
from app.pages.types import page_types

Request_ = Request[Any, Any, Any]

SEARCH_LENGTH = 120
LAST_PAGE = 100_000

edit = [requires(Permission.EDIT_PAGES)]


def _page_number(text: str | None) -> int:
    return min(int(text), LAST_PAGE) if text and text.isdecimal() and len(text) < 9 else 1


def _new_context(form: Form[Any]) -> dict[str, Any]:
    return {
        "form": form,
        "types": list(page_types.values()),
        "zones": zone_choices(form.value("zone")),
    }


class PageController(Controller):
    """Pages of the viewer's group."""

    path = "/console/pages"
    guards = [requires(Permission.SEE_PAGES)]

    @get()
    async def index(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        query = request.query_params
        search = query.get("q", "").replace("\x00", "").strip()[:SEARCH_LENGTH]
        state = query.get("state", "") if query.get("state") in STATES else ""
        listed = await list_pages(
            viewer.group_id, now, search=search, state=state, page=_page_number(query.get("page"))
        )
        context: dict[str, Any] = {
            "listed": listed,
            "search": search,
            "state": state,
            "picture": picture,
            "now": now,
            "may_edit": viewer.can(Permission.EDIT_PAGES),
        }
        if is_htmx(request):
            return fragments(request, ("pages/_list.html", context))
        return page(request, "pages/index.html", **context)

    @get("/new", guards=edit)
    async def new(self, request: Request_, viewer: Named[Viewer]) -> Response[str]:
        return page(request, "pages/new.html", **_new_context(new_form(viewer)))

    @post(guards=edit)
    async def create(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        form = await read_form(request, NewPageForm)
        if form.data is not None:
            if form.data.type not in page_types:
                form.add("type", _("Please choose one of the options."))
            try:
                check_zone(form.data.zone)
            except FieldError as error:
                form.take(error)
        if form.data is None or form.errors:
            return page(request, "pages/new.html", status=422, **_new_context(form))
        made = form.data
        await changing.create(made.id, viewer, made.type, made.title, made.zone, now)
        return redirect(request, f"/console/pages/{made.id}/edit")

    @get("/{page_id:uuid}")
    async def show(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        return page(request, "pages/detail.html", **await detail_context(viewer, found, now))

    @get("/{page_id:uuid}/figures")
    async def figures(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        return fragments(request, ("pages/_figures.html", await figures_context(found, now)))
