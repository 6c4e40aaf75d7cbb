"""/console/pages/{id}/edit: the form, its product list, its colours."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.billing.limits import LimitReached
from app.core.errors import Conflict, Invalid, NotFound
from app.core.forms import FORM_LEVEL, FieldError, Form, read_form
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.pages import changing, drafting, loading, publishing
from app.pages.arranging import apply_preset, arrange, arrange_rows
from app.pages.controllers.views import editor_context
from app.pages.editing import Edit, read_edit
from app.pages.loading import PageRecord
from app.pages.picking import choices

Request_ = Request[Any, Any, Any]
Who, Now, PageId = Named[Viewer], Named[datetime], FromPath[UUID]


class EditorController(Controller):
    path = "/console/pages/{page_id:uuid}"
    guards = [requires(Permission.EDIT_PAGES)]

    @get("/edit")
    async def edit(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        kept = await drafting.kept(found, viewer.user_id)
        context = await editor_context(viewer, found, now, kept.form if kept else None)
        context["kept"] = kept
        return page(request, "pages/edit.html", **context)

    @post("/edit", status_code=200)
    async def save(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form, unsaved = await read_form(request, found.page_type.form), None
        try:
            unsaved = await _save(viewer, found, form, now)
        except LimitReached as error:
            form.add(FORM_LEVEL, error.message)
            stored = await loading.of_group(page_id, viewer.group_id)
            return await _again(
                request, viewer, stored, form, now, status=error.status, upgrade=True
            )
        except (Invalid, Conflict) as error:
            form.add(FORM_LEVEL, error.message)
        except FieldError as error:
            form.take(error)
        if form.errors:
            return await _again(request, viewer, found, form, now, status=422)
        if unsaved is not None:
            return await _again(request, viewer, found, form, now, status=200, edit=unsaved)
        if form.value("intent") in ("publish", "schedule"):
            return redirect(request, f"/console/pages/{page_id}", toast=_("It is out."))
        if not is_htmx(request):
            return redirect(request, f"/console/pages/{page_id}/edit", toast=_("Saved."))
        stored = await loading.of_group(page_id, viewer.group_id)
        context = await editor_context(viewer, stored, now)
        changed = ("pages/_editor.html", context), ("pages/_draft.html", context)
        return fragments(request, *changed, toast=_("Saved."))

    @post("/draft", status_code=204)
    async def keep(
        self,
        request: Request_,
        viewer: Who,
        page_id: PageId,
        now: Now,
    ) -> None:
        """What was typed, kept until it is saved or thrown away."""
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, found.page_type.form)
        await drafting.keep(found, form, viewer.user_id, now)

    @post("/draft/removal", status_code=200)
    async def throw_away(self, request: Request_, viewer: Who, page_id: PageId) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        await drafting.drop(found.id, viewer.user_id)
        return redirect(request, f"/console/pages/{page_id}/edit")

    @post("/picker", status_code=200)
    async def picker(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        """The list of products, rearranged; nothing is stored."""
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, found.page_type.form)
        form.errors = {}
        cards = await choices(viewer.group_id, found.product_ids(), now)
        arrange(form, cards)
        context = await editor_context(viewer, found, now, form, cards)
        if is_htmx(request):
            return fragments(request, ("pages/_picker.html", context))
        return page(request, "pages/edit.html", **context)

    @post("/rows", status_code=200)
    async def rows(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        """The rows of the type's own, rearranged; nothing is stored."""
        found = await loading.of_group(page_id, viewer.group_id)
        shape = found.page_type.form
        if not shape.rows:
            raise NotFound
        form = await read_form(request, shape)
        form.errors = {}
        arrange_rows(form, shape.rows)
        if not is_htmx(request):
            return await _again(request, viewer, found, form, now, status=200)
        context = await editor_context(viewer, found, now, form, {})
        return fragments(request, (shape.rows_template, context))

    @post("/theme", status_code=200)
    async def theme(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        """The colours with their contrast, after a preset or a colour was chosen; nothing is stored."""
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, found.page_type.form)
        form.errors = {}
        apply_preset(form)
        context = await editor_context(viewer, found, now, form, {})
        if not is_htmx(request):
            return await _again(request, viewer, found, form, now, status=200)
        template = "pages/_theme.html" if form.value("preset") else "pages/_contrast.html"
        return fragments(request, (template, context))


async def _save(viewer: Viewer, found: PageRecord, form: Form[Any], now: datetime) -> Edit | None:
    """Do what the form's intent says. An edit that was only to be looked at is returned."""
    cards = await choices(viewer.group_id, found.product_ids(), now)
    edit = read_edit(form, found, cards, now)
    if edit is None or form.errors:
        return None
    intent = form.value("intent")
    if intent == "check":
        return edit
    if intent in ("publish", "schedule") and not viewer.can(Permission.PUBLISH_PAGES):
        form.add(FORM_LEVEL, _("Publishing needs a manager."))
        return None
    await changing.save(found, edit, viewer.user_id, now)
    await drafting.drop(found.id, viewer.user_id)
    if intent in ("publish", "schedule"):
        stored = await loading.of_group(found.id, viewer.group_id)
        verb = publishing.publish if intent == "publish" else publishing.schedule
        await verb(stored, viewer.user_id, now)
    return None


async def _again(
    request: Request_,
    viewer: Viewer,
    found: PageRecord,
    form: Form[Any],
    now: datetime,
    *,
    status: int,
    edit: Edit | None = None,
    upgrade: bool = False,
) -> Response[str]:
    cards = await choices(viewer.group_id, found.product_ids(), now)
    context = await editor_context(viewer, found, now, form, cards, edit)
    context["upgrade"] = upgrade
    if is_htmx(request):
        return fragments(request, ("pages/_editor.html", context), status=status)
    return page(request, "pages/edit.html", status=status, **context)
