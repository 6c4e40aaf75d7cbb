"""A product's files: opened by the creator, put in order, removed."""

from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from litestar.response import Redirect

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Invalid, NotFound
from app.core.forms import FormModel, read_form
from app.core.i18n import gettext as _
from app.core.rendering import Fragment, fragments, is_htmx, redirect
from app.products.arranging import move_file, remove_file
from app.products.controllers.views import files_fragment
from app.products.kinds import FileKind
from app.products.queries import find_product
from app.storage.objects import get_store

Request_ = Request[Any, Any, Any]

STEPS = {"up": -1, "down": 1}
LINK_LIFE = timedelta(minutes=5)
edit = [requires(Permission.EDIT_PRODUCTS)]


class PositionForm(FormModel):
    """Which way a file goes among those of its kind."""

    step: Literal["up", "down"]


class FileController(Controller):
    """Files of one product of the viewer's group."""

    path = "/console/products/{product_id:uuid}/files/{file_id:uuid}"
    guards = [requires(Permission.SEE_PRODUCTS)]

    @get("/content")
    async def show(
        self,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        file_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Redirect:
        product = await find_product(viewer.group_id, product_id, now)
        file = next((file for file in product.files if file.id == file_id), None)
        if file is None:
            raise NotFound
        url = get_store().presign_get(file.object_key, file.name, LINK_LIFE, file.content_type)
        return Redirect(url, status_code=303, headers={"Cache-Control": "no-store"})

    @post("/position", guards=edit, status_code=200)
    async def move(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        file_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        await find_product(viewer.group_id, product_id, now)
        form = await read_form(request, PositionForm)
        if form.data is None:
            raise Invalid(form.error("step"))
        kind = await move_file(product_id, file_id, STEPS[form.data.step])
        return await _files(request, viewer, product_id, kind, now, _("Order saved."))

    @delete(guards=edit, status_code=200)
    async def remove(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        file_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        await find_product(viewer.group_id, product_id, now)
        kind = await remove_file(product_id, file_id, now)
        return await _files(request, viewer, product_id, kind, now, _("File removed."))


async def _files(
    request: Request_, viewer: Viewer, product_id: UUID, kind: FileKind, now: datetime, toast: str
) -> Response[str]:
    if not is_htmx(request):
        return redirect(request, f"/console/products/{product_id}", toast=toast)
    section: Fragment = await files_fragment(viewer, product_id, kind, now)
    return fragments(request, section, toast=toast)
