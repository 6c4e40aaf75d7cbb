"""Uploading a page's cover; the protocol stands at the head of `static/js/upload.js`."""

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from pydantic import Field

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Invalid
from app.core.forms import Form, FormModel, read_form
from app.core.ratelimit import limit
from app.core.rendering import fragments, is_htmx, redirect
from app.pages import covering, loading
from app.pages.covering import RULE
from app.storage import uploading
from app.storage.limits import announce
from app.storage.queries import find_upload
from app.storage.verifying import failure_text

Request_ = Request[Any, Any, Any]

BEGIN_RATE = "60/minute"


class AnnounceForm(FormModel):
    """A file as the browser announces it; `size` in bytes, `sha256` in hex where the browser could tell."""

    name: Annotated[str, Field(min_length=1, max_length=1000)]
    size: Annotated[int, Field(ge=1, lt=2**53)]
    content_type: Annotated[str, Field(max_length=200)] = ""
    sha256: Annotated[str, Field(pattern="^([0-9a-f]{64})?$")] = ""


class CompletionForm(FormModel):
    """What the browser noted of its parts; the store is asked instead, so this is never believed."""

    etags: Annotated[str, Field(max_length=1_000_000)] = ""


class CoverController(Controller):
    path = "/console/pages/{page_id:uuid}/cover"
    guards = [requires(Permission.EDIT_PAGES)]

    @post()
    async def begin(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[dict[str, Any]]:
        found = await loading.of_group(page_id, viewer.group_id)
        await limit(request, "upload", BEGIN_RATE, key=str(viewer.user_id))
        sent = _accepted(await read_form(request, AnnounceForm))
        file = announce(sent.name, sent.size, sent.content_type, sent.sha256, RULE)
        upload, done = await covering.begin_cover(found, viewer, file, now)
        url = f"/console/pages/{page_id}/cover/{upload.id}"
        plan = uploading.plan(upload, done, f"{url}/completion", url)
        return Response(plan, status_code=201, headers={"Cache-Control": "no-store"})

    @post("/{upload_id:uuid}/completion", status_code=200)
    async def complete(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        upload_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        await loading.of_group(page_id, viewer.group_id)
        _accepted(await read_form(request, CompletionForm))
        upload = await covering.finish_cover(await find_upload(upload_id, page_id), now)
        if upload.state == "failed":
            raise Invalid(failure_text(upload.reason))
        stored = await loading.of_group(page_id, viewer.group_id)
        return fragments(request, ("pages/_cover.html", {"page": stored}))

    @delete("/{upload_id:uuid}", status_code=200)
    async def cancel(
        self,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        upload_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        await loading.of_group(page_id, viewer.group_id)
        await uploading.abort(await find_upload(upload_id, page_id), now)
        return Response("")

    @delete(status_code=200)
    async def remove(
        self, request: Request_, viewer: Named[Viewer], page_id: FromPath[UUID]
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        await covering.remove_cover(found)
        if not is_htmx(request):
            return redirect(request, f"/console/pages/{page_id}/edit")
        return Response("")


def _accepted(form: Form[Any]) -> Any:
    if form.data is None:
        name, messages = next(iter(form.errors.items()))
        raise Invalid(f"{name}: {messages[0]}" if name else messages[0])
    return form.data
