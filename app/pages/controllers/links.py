"""/console/pages/{id}/share-links: a page's share links with their figures; making, stopping, printing one."""

import io
from datetime import datetime
from typing import Any
from uuid import UUID

import segno
from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import Conflict
from app.core.forms import FORM_LEVEL, Form, read_form
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.pages import loading, sharing
from app.pages.charge_warnings import discount_limit
from app.pages.deleting import delete_link
from app.pages.embedding import embed_code, may_embed
from app.pages.lifecycle import State
from app.pages.link_figures import link_of, links_of
from app.pages.link_form import (
    LinkForm,
    StopForm,
    early_options,
    early_words,
    empty_form,
    read_terms,
)
from app.pages.loading import PageRecord
from app.pages.viewing import view_page

Request_ = Request[Any, Any, Any]

edit = [requires(Permission.EDIT_PAGES)]
# Large enough to print, and crisp at any size.
QR_SCALE, QR_BORDER = 8, 4


async def _context(
    viewer: Viewer, found: PageRecord, now: datetime, form: Form[LinkForm]
) -> dict[str, Any]:
    return {
        "page": found,
        "state": found.state(now),
        "links": await links_of(found, now),
        "form": form,
        "early_options": early_options(),
        "early_words": early_words,
        "may_be_early": found.state(now) in (State.DRAFT, State.SCHEDULED),
        "discount_limit": discount_limit(view_page(found, {}, now).lines),
        "may_edit": viewer.can(Permission.EDIT_PAGES),
        "embed_code": embed_code if await may_embed(found.organization_id) else None,
        "public_url": sharing.public_url(found),
        "now": now,
    }


class LinkController(Controller):
    path = "/console/pages/{page_id:uuid}/share-links"
    guards = [requires(Permission.SEE_PAGES)]

    @get()
    async def index(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        return page(request, "pages/links.html", **await _context(viewer, found, now, empty_form()))

    @post(guards=edit, status_code=200)
    async def make(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        form = await read_form(request, LinkForm)
        terms, status = read_terms(form, found, now), 422
        if terms is not None and form.data is not None:
            try:
                await sharing.make_link(found, form.data.source, terms, viewer.user_id, now)
                return await _changed(request, viewer, found, now, _("Here is the link."))
            except Conflict as error:
                form.add(FORM_LEVEL, error.message)
                status = error.status
        context = await _context(viewer, found, now, form)
        if is_htmx(request):
            return fragments(request, ("pages/_links.html", context), status=status)
        return page(request, "pages/links.html", status=status, **context)

    @post("/{link_id:uuid}/stop", guards=edit, status_code=200)
    async def stop(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        link_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        """Stop the link, or with `over` let it go on; either twice changes nothing."""
        form = await read_form(request, StopForm)
        if form.data and form.data.over:
            return await _start(request, viewer, page_id, link_id, now)
        found = await loading.of_group(page_id, viewer.group_id)
        await sharing.stop(found, link_id, viewer.user_id, now)
        return await _changed(request, viewer, found, now, _("Stopped: it gives nothing any more."))

    @post("/{link_id:uuid}/removal", guards=edit, status_code=200)
    async def remove(
        self,
        request: Request_,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        link_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        found = await loading.of_group(page_id, viewer.group_id)
        try:
            await delete_link(found, link_id, now)
        except Conflict as error:
            form = empty_form()
            form.add(FORM_LEVEL, error.message)
            context = await _context(viewer, found, now, form)
            return page(request, "pages/links.html", status=error.status, **context)
        toast = _("The link is deleted.")
        return redirect(request, f"/console/pages/{page_id}/share-links", toast=toast)

    @get("/{link_id:uuid}/qr.svg", media_type="image/svg+xml")
    async def qr(
        self,
        viewer: Named[Viewer],
        page_id: FromPath[UUID],
        link_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[bytes]:
        found = await loading.of_group(page_id, viewer.group_id)
        share = await link_of(found, link_id, now)
        out = io.BytesIO()
        code = segno.make(share.url, error="m", micro=False)
        code.save(out, kind="svg", scale=QR_SCALE, border=QR_BORDER, xmldecl=False, light="#fff")
        headers = {"Cache-Control": "private, max-age=3600"}
        return Response(out.getvalue(), media_type="image/svg+xml", headers=headers)


async def _start(
    request: Request_, viewer: Viewer, page_id: UUID, link_id: UUID, now: datetime
) -> Response[str]:
    found = await loading.of_group(page_id, viewer.group_id)
    await sharing.resume(found, link_id)
    return await _changed(request, viewer, found, now, _("It gives again what it gave."))


async def _changed(
    request: Request_, viewer: Viewer, found: PageRecord, now: datetime, toast: str
) -> Response[str]:
    if not is_htmx(request):
        return redirect(request, f"/console/pages/{found.id}/share-links", toast=toast)
    context = await _context(viewer, found, now, empty_form())
    return fragments(request, ("pages/_links.html", context), toast=toast)
