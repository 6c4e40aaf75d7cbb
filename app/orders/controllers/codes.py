"""/console/codes: the group's discount codes, a new one, one with its figures and its changes."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Conflict
from app.core.forms import FORM_LEVEL, FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.orders.codes import changing
from app.orders.codes.forms import CodeForm, NewCodeForm, empty_form, filled_form, read_terms
from app.orders.codes.views import form_context, show_context
from app.orders.trying import worth_of
from app.pages import own_codes
from app.pages.queries import selling_pages
from app.pages.titles import titles_of
from app.stock.codes.queries import FILTERS, CodeRow, code_of_group, list_codes

Request_ = Request[Any, Any, Any]

SEARCH_LENGTH = 60
LAST_PAGE = 100_000

edit = [requires(Permission.EDIT_PAGES)]


class CodesController(Controller):
    """Codes of the viewer's group."""

    path = "/console/codes"
    guards = [requires(Permission.SEE_PAGES)]

    @get()
    async def index(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        query = request.query_params
        search = query.get("q", "").replace("\x00", "").strip()[:SEARCH_LENGTH]
        search = search.encode("utf-8", "ignore").decode()
        state = query.get("state", "") if query.get("state") in FILTERS else ""
        number = _number(query.get("page"))
        listed = await list_codes(viewer.group_id, now, search=search, state=state, page=number)
        titles = await titles_of({one for row in listed.rows for one in row.pages})
        context: dict[str, Any] = {
            "listed": listed,
            "search": search,
            "state": state,
            "titles": {page_id: known.title for page_id, known in titles.items()},
            "worth_of": worth_of,
            "may_edit": viewer.can(Permission.EDIT_PAGES),
        }
        if is_htmx(request):
            return fragments(request, ("orders/codes/_list.html", context))
        return page(request, "orders/codes/index.html", **context)

    @get("/new", guards=edit)
    async def new(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        context = await form_context(viewer, empty_form(viewer.zone), now)
        return page(request, "orders/codes/new.html", **context)

    @post(guards=edit, status_code=200)
    async def create(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        form = await read_form(request, NewCodeForm)
        allowed = {each.id for each in await selling_pages(viewer.group_id, now)}
        terms = read_terms(form, allowed, now)
        if form.data is not None and terms is not None:
            try:
                await changing.make(form.data.id, terms, viewer, now)
            except FieldError as error:
                form.take(error)
            else:
                url = f"/console/codes/{form.data.id}"
                return redirect(request, url, toast=_("Here is the code. It works at once."))
        context = await form_context(viewer, form, now)
        if is_htmx(request):
            return fragments(request, ("orders/codes/_form.html", context), status=422)
        return page(request, "orders/codes/new.html", status=422, **context)

    @get("/{code_id:uuid}")
    async def show(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        code_id: FromPath[UUID],
    ) -> Response[str]:
        row = await code_of_group(code_id, viewer.group_id, now)
        context = await show_context(viewer, row, filled_form(row), now)
        return page(request, "orders/codes/show.html", **context)

    @post("/{code_id:uuid}", guards=edit, status_code=200)
    async def change(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        code_id: FromPath[UUID],
    ) -> Response[str]:
        row = await code_of_group(code_id, viewer.group_id, now)
        offer = await own_codes.page_of(code_id)
        form = await read_form(request, CodeForm)
        allowed = {each.id for each in await selling_pages(viewer.group_id, now, row.pages)}
        terms = read_terms(form, allowed, now, row.code, offer.id if offer else None)
        if terms is not None:
            try:
                await changing.change(row, terms, viewer, now)
            except FieldError as error:
                form.take(error)
            else:
                return await _done(request, viewer, code_id, now, _("Saved."))
        return await _again(request, viewer, row, form, now)

    @post("/{code_id:uuid}/activation", guards=edit, status_code=200)
    async def activate(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        code_id: FromPath[UUID],
    ) -> Response[str]:
        row = await code_of_group(code_id, viewer.group_id, now)
        try:
            await changing.switch(row, True, viewer, now)
        except FieldError as error:
            form = filled_form(row)
            form.take(error)
            return await _again(request, viewer, row, form, now)
        return await _done(request, viewer, code_id, now, _("The code works again."))

    @post("/{code_id:uuid}/deactivation", guards=edit, status_code=200)
    async def deactivate(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        code_id: FromPath[UUID],
    ) -> Response[str]:
        row = await code_of_group(code_id, viewer.group_id, now)
        await changing.switch(row, False, viewer, now)
        return await _done(request, viewer, code_id, now, _("The code is switched off."))

    @post("/{code_id:uuid}/removal", guards=edit, status_code=200)
    async def remove(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        code_id: FromPath[UUID],
    ) -> Response[str]:
        row = await code_of_group(code_id, viewer.group_id, now)
        try:
            await changing.delete(row)
        except Conflict as error:
            form = filled_form(row)
            form.add(FORM_LEVEL, error.message)
            context = await show_context(viewer, row, form, now)
            return page(request, "orders/codes/show.html", status=error.status, **context)
        return redirect(request, "/console/codes", toast=_("The code is deleted."))


def _number(text: str | None) -> int:
    return min(int(text), LAST_PAGE) if text and text.isdecimal() and len(text) < 9 else 1


async def _again(
    request: Request_, viewer: Viewer, row: CodeRow, form: Form[CodeForm], now: datetime
) -> Response[str]:
    context = await show_context(viewer, row, form, now)
    if is_htmx(request):
        return fragments(request, ("orders/codes/_code.html", context), status=422)
    return page(request, "orders/codes/show.html", status=422, **context)


async def _done(
    request: Request_, viewer: Viewer, code_id: UUID, now: datetime, toast: str
) -> Response[str]:
    if not is_htmx(request):
        return redirect(request, f"/console/codes/{code_id}", toast=toast)
    row = await code_of_group(code_id, viewer.group_id, now)
    context = await show_context(viewer, row, filled_form(row), now)
    return fragments(request, ("orders/codes/_code.html", context), toast=toast)
