"""Uploading a product's files; the protocol stands at the head of `static/js/upload.js`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from pydantic import Field

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Invalid, NotFound
from app.core.forms import FORM_LEVEL, Form, FormModel, read_form
from app.core.ratelimit import limit
from app.core.rendering import HTML, Fragment, fragments
from app.products.attaching import begin_upload, finish_upload
from app.products.controllers.views import files_fragment, kind_of, row_context
from app.products.kinds import FileKind, rule_for
from app.products.queries import find_product
from app.storage import uploading
from app.storage.limits import announce
from app.storage.queries import Owner, Upload, find_upload
from app.storage.verifying import failure_text, forget

Request_ = Request[Any, Any, Any]

BEGIN_RATE = "240/minute"


class AnnounceForm(FormModel):
    """A file as the browser announces it; `size` in bytes, `sha256` in hex where the browser could tell."""

    name: Annotated[str, Field(min_length=1, max_length=1000)]
    size: Annotated[int, Field(ge=1, lt=2**53)]
    content_type: Annotated[str, Field(max_length=200)] = ""
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


class CompletionForm(FormModel):
    """What the browser noted of its parts; the store is asked instead, so this is never believed."""

    etags: Annotated[str, Field(max_length=1_000_000)] = ""


class UploadController(Controller):
    """Uploads of one product of the viewer's group."""

    path = "/console/products/{product_id:uuid}/uploads"
    guards = [requires(Permission.EDIT_PRODUCTS)]

    @post()
    async def create(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[dict[str, Any]]:
        kind = kind_of(request.query_params.get("kind", ""))
        product = await find_product(viewer.group_id, product_id, now)
        await limit(request, "upload", BEGIN_RATE, key=str(viewer.user_id))
        sent = _accepted(await read_form(request, AnnounceForm))
        file = announce(sent.name, sent.size, sent.content_type, sent.sha256, rule_for(kind))
        owner = Owner(
            product.id, kind.value, viewer.user_id, viewer.group_id, viewer.organization_id
        )
        upload, done = await begin_upload(owner, file, now)
        url = f"/console/products/{product_id}/uploads/{upload.id}"
        plan = uploading.plan(upload, done, f"{url}/completion", url)
        return Response(plan, status_code=201, headers={"Cache-Control": "no-store"})

    @post("/{upload_id:uuid}/completion", status_code=200)
    async def complete(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        upload_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        upload = await _reachable(viewer, product_id, upload_id, now)
        _accepted(await read_form(request, CompletionForm))
        upload = await finish_upload(upload, now)
        if upload.state == "failed":
            raise Invalid(failure_text(upload.reason))
        return fragments(request, await _row(viewer, upload, now))

    @get("/{upload_id:uuid}")
    async def show(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        upload_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        upload = await _reachable(viewer, product_id, upload_id, now)
        if upload.kind == FileKind.COVER:
            return fragments(request, await files_fragment(viewer, product_id, FileKind.COVER, now))
        return fragments(request, await _row(viewer, upload, now))

    @delete("/{upload_id:uuid}", status_code=200)
    async def remove(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        upload_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        upload = await _reachable(viewer, product_id, upload_id, now)
        if not await uploading.abort(upload, now):
            await forget(upload)
        if upload.kind == FileKind.COVER:
            return fragments(request, await files_fragment(viewer, product_id, FileKind.COVER, now))
        return Response("", media_type=HTML)


def _accepted(form: Form[Any]) -> Any:
    if form.data is None:
        name, messages = next(iter(form.errors.items()))
        raise Invalid(messages[0] if name == FORM_LEVEL else f"{name}: {messages[0]}")
    return form.data


async def _reachable(viewer: Viewer, product_id: UUID, upload_id: UUID, now: datetime) -> Upload:
    upload = await find_upload(upload_id, product_id)
    if upload.group_id != viewer.group_id:
        raise NotFound
    return upload


async def _row(viewer: Viewer, upload: Upload, now: datetime) -> Fragment:
    """Return the row of an upload, or of the file it became."""
    if upload.state == "done":
        product = await find_product(viewer.group_id, upload.subject_id, now)
        file = next((file for file in product.files if file.id == upload.id), None)
        if file is None:
            raise NotFound
        return ("products/_file.html", row_context(viewer, product, file))
    if upload.state not in ("checking", "failed"):
        raise NotFound
    context = {"upload": upload, "failure_text": failure_text, "may_edit": True}
    return ("products/_upload.html", context)
