"""Duplicating a page, and deleting a draft. Both are an editor's, like making a page."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Conflict, Invalid
from app.core.forms import read_form
from app.core.i18n import gettext as _
from app.core.rendering import page, redirect
from app.pages import loading
from app.pages.controllers.views import detail_context
from app.pages.deleting import delete_draft
from app.pages.duplicating import duplicate
from app.pages.forms import CopyForm

Request_ = Request[Any, Any, Any]


class CopyController(Controller):
    path = "/console/pages/{page_id:uuid}"
    guards = [requires(Permission.EDIT_PAGES)]

    @post("/copies", status_code=200)
    async def copy(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, CopyForm)
        if form.data is None:
            raise Invalid
        made = await duplicate(found, form.data.id, viewer, now)
        toast = _("Here is the copy, a draft. Times that are past were left out.")
        return redirect(request, f"/console/pages/{made}/edit", toast=toast)

    @post("/removal", status_code=200)
    async def remove(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        page_id: FromPath[UUID],
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        try:
            await delete_draft(found, now)
        except Conflict as error:
            context = {**await detail_context(viewer, found, now), "problem": error.message}
            return page(request, "pages/detail.html", status=error.status, **context)
        return redirect(request, "/console/pages", toast=_("The draft is deleted."))
