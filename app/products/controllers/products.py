"""/console/products: the list, a new product, one product and its changes."""

from datetime import datetime
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.billing.limits import LimitReached
from app.core.forms import FORM_LEVEL, FieldError, read_form
from app.core.i18n import gettext as _
from app.core.rendering import fragments, is_htmx, page, redirect
from app.products.controllers.views import form_context, show_context
from app.products.editing import change_product, create_product
from app.products.forms import NewProductForm, ProductForm, empty_form, read_details
from app.products.queries import STATES, find_product, list_products

Request_ = Request[Any, Any, Any]

SEARCH_LENGTH = 120
LAST_PAGE = 100_000

edit = [requires(Permission.EDIT_PRODUCTS)]


def _not_made(request: Request_, context: dict[str, Any], status: int) -> Response[str]:
    """The form for a new product again, with what is wrong."""
    if is_htmx(request):
        return fragments(request, ("products/_form.html", context), status=status)
    return page(request, "products/new.html", status=status, **context)


def _made(request: Request_, made: NewProductForm) -> Response[str]:
    """To the new product, or to the plans and back to it."""
    path = f"/console/products/{made.id}"
    if made.intent == "plans":
        return redirect(
            request,
            f"/console/billing?{urlencode({'back': path})}",
            toast=_("The product is kept."),
        )
    hidden = _("The product is created, hidden from new pages until you activate it.")
    words = hidden if made.intent else _("Product created. Now add its files.")
    return redirect(request, path, toast=words)


def _page_number(text: str | None) -> int:
    return min(int(text), LAST_PAGE) if text and text.isdecimal() and len(text) < 9 else 1


class ProductController(Controller):
    """Products of the viewer's group."""

    path = "/console/products"
    guards = [requires(Permission.SEE_PRODUCTS)]

    @get()
    async def index(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        query = request.query_params
        search = query.get("q", "").replace("\x00", "").strip()[:SEARCH_LENGTH]
        state = query.get("state", "") if query.get("state") in STATES else ""
        listed = await list_products(
            viewer.group_id, now, search=search, state=state, page=_page_number(query.get("page"))
        )
        context: dict[str, Any] = {
            "listed": listed,
            "search": search,
            "state": state,
            "may_edit": viewer.can(Permission.EDIT_PRODUCTS),
        }
        if is_htmx(request):
            return fragments(request, ("products/_list.html", context))
        return page(request, "products/index.html", **context)

    @get("/new", guards=edit)
    async def new(self, request: Request_, viewer: Named[Viewer]) -> Response[str]:
        context = form_context(viewer, empty_form(viewer.zone), None)
        return page(request, "products/new.html", **context)

    @post(guards=edit)
    async def create(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        form = await read_form(request, NewProductForm)
        details = read_details(form, now)
        if form.data is None or details is None:
            return _not_made(request, form_context(viewer, form, None), 422)
        try:
            await create_product(viewer, form.data.id, details, now, active=not form.data.intent)
        except LimitReached as error:
            form.add(FORM_LEVEL, error.message)
            context = {**form_context(viewer, form, None), "upgrade": True}
            return _not_made(request, context, error.status)
        return _made(request, form.data)

    @get("/{product_id:uuid}")
    async def show(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        return page(request, "products/show.html", **await show_context(viewer, product_id, now))

    @post("/{product_id:uuid}", guards=edit, status_code=200)
    async def change(
        self,
        request: Request_,
        viewer: Named[Viewer],
        product_id: FromPath[UUID],
        now: Named[datetime],
    ) -> Response[str]:
        product = await find_product(viewer.group_id, product_id, now)
        form = await read_form(request, ProductForm)
        details = read_details(form, now, kept=product.expires_at)
        if details is not None:
            try:
                await change_product(viewer, product_id, details, now)
            except FieldError as error:
                form.take(error)
                details = None
        if details is not None:
            if not is_htmx(request):
                return redirect(request, f"/console/products/{product_id}", toast=_("Saved."))
        elif not is_htmx(request):
            context = await show_context(viewer, product_id, now, form)
            return page(request, "products/show.html", status=422, **context)
        if details is None:
            failed = form_context(viewer, form, product_id)
            return fragments(request, ("products/_form.html", failed), status=422)
        context = await show_context(viewer, product_id, now)
        return fragments(
            request,
            ("products/_form.html", context),
            ("products/_head.html", context),
            toast=_("Saved."),
        )
