"""Hiding a product from new pages, and offering it again."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, delete, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.billing.limits import LimitReached
from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.products.activating import activate, deactivate
from app.products.controllers.views import show_context
from app.products.deleting import delete_product

Request_ = Request[Any, Any, Any]


class ActivationController(Controller):
    """A deactivation is created and deleted; doing either twice changes nothing."""

    path = "/console/products/{product_id:uuid}/deactivation"
    guards = [requires(Permission.EDIT_PRODUCTS)]

    @post(status_code=200)
    async def create(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        await deactivate(viewer, product_id, now)
        return await _head(request, viewer, product_id, now, _("Hidden from new pages."))

    @delete(status_code=200)
    async def remove(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        try:
            await activate(viewer, product_id, now)
        except LimitReached as error:
            return await _refused(request, viewer, product_id, now, error)
        return await _head(request, viewer, product_id, now, _("Offered to new pages again."))


class RemovalController(Controller):
    """Deleting a product that was never sold."""

    path = "/console/products/{product_id:uuid}/removal"
    guards = [requires(Permission.EDIT_PRODUCTS)]

    @post(status_code=200)
    async def create(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        try:
            await delete_product(viewer, product_id, now)
        except Conflict as error:
            context = await show_context(viewer, product_id, now) | {"problem": error.message}
            return page(request, "products/show.html", status=error.status, **context)
        return redirect(request, "/console/products", toast=_("The product is deleted."))


async def _head(
    request: Request_, viewer: Viewer, product_id: UUID, now: datetime, toast: str
) -> Response[str]:
    context = await show_context(viewer, product_id, now)
    if is_htmx(request):
        return fragments(request, ("products/_head.html", context), toast=toast)
    return redirect(request, f"/console/products/{product_id}", toast=toast)


async def _refused(
    request: Request_, viewer: Viewer, product_id: UUID, now: datetime, error: LimitReached
) -> Response[str]:
    context = await show_context(viewer, product_id, now)
    context |= {"problem": error.message, "upgrade": True}
    if is_htmx(request):
        return fragments(request, ("products/_head.html", context), status=error.status)
    return page(request, "products/show.html", status=error.status, **context)
