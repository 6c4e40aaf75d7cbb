"""/console/pages/{id}/preview: the frame beside the editor, as stored and as the form would make it."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.forms import read_form
from app.core.rendering import HTML, render
from app.pages import loading
from app.pages.controllers.views import foreseen_context
from app.pages.editing import read_edit
from app.pages.lifecycle import State
from app.pages.picking import choices
from app.pages.previewing import Choice, framed_html, preview, unsaved
from app.stock.levels import levels

Request_ = Request[Any, Any, Any]
Who, Now, PageId = Named[Viewer], Named[datetime], FromPath[UUID]

FRAME = {"Cache-Control": "no-store"}


class PreviewController(Controller):
    """A handler's guards add to its controller's: whoever may see pages needs a controller that asks for no more."""

    path = "/console/pages/{page_id:uuid}/preview"
    guards = [requires(Permission.SEE_PAGES)]

    @get()
    async def preview(self, viewer: Who, page_id: PageId, now: Now) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        shown = await preview(found, Choice(), now)
        return Response(framed_html(shown), media_type=HTML, headers=FRAME)

    @post(guards=[requires(Permission.EDIT_PAGES)], status_code=200)
    async def preview_unsaved(
        self, request: Request_, viewer: Who, page_id: PageId, now: Now
    ) -> Response[str]:
        """The page as the form would make it, at the moment that the time machine is set to.

        204 while the form can't be read at all.
        """
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, found.page_type.form)
        cards = await choices(viewer.group_id, found.product_ids(), now)
        edit = read_edit(form, found, cards, now)
        if edit is None or form.data is None:
            return Response("", status_code=204, headers=FRAME)
        stands = {} if found.state(now) is State.DRAFT else await levels(found.shown_ids())
        choice = Choice(form.data.moment, form.data.stock)
        shown = unsaved(edit.of(found), stands, choice, now)
        beside = render("pages/_foreseen.html", **foreseen_context(found, edit, now))
        return Response(framed_html(shown, beside), media_type=HTML, headers=FRAME)
