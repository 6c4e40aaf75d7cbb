"""The seller's orders: list, detail, resending the link, refunds, CSV."""

from datetime import datetime
from typing import Any
from uuid import UUID

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath
from litestar.response import Stream
from pydantic import Field

from app.auth.limiting import limit_exports
from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.core.errors import BadRequest, MayflyError, NotFound
from app.core.forms import FORM_LEVEL, Form, FormModel, read_form
from app.core.i18n import gettext as _
from app.core.ids import new_id, parse_id
from app.core.money import AmountRefused, format_amount_input, parse_amount
from app.core.ratelimit import limit
from app.core.rendering import fragments, is_htmx, page, redirect
from app.orders.exporting import export_orders
from app.orders.history import attempts_on, history_of
from app.orders.listing import Filter, list_orders, read_filter
from app.orders.presenting import OrderView
from app.orders.queries import order_of_group
from app.orders.refunding import refund
from app.orders.refunds import failed_refunds_of
from app.orders.resending import resend

Request_ = Request[Any, Any, Any]

RESEND_RATE = "10/minute"


class RefundForm(FormModel):
    """`id` makes two submissions of the form one refund; `amount` in major units as typed."""

    id: UUID
    amount: str = Field(min_length=1, max_length=20)
    restock: bool = False


class ResendForm(FormModel):
    """`id` makes two submissions of the form one message."""

    id: UUID


class ConsoleOrderController(Controller):
    path = "/console/orders"
    guards = [requires(Permission.SEE_ORDERS)]

    @get()
    async def index(self, request: Request_, viewer: Named[Viewer]) -> Response[str]:
        number = _page_number(request.query_params.get("page", "1"))
        listing = await list_orders(viewer.group_id, _filter(request), number)
        if is_htmx(request):
            context = {"listing": listing}
            rows, filters = "orders/console/_list.html", "orders/console/_filters.html"
            return fragments(request, (rows, context), (filters, context))
        may_export = viewer.can(Permission.EXPORT)
        return page(request, "orders/console/index.html", listing=listing, may_export=may_export)

    @get("/export.csv", guards=[requires(Permission.EXPORT)])
    async def export(self, request: Request_, viewer: Named[Viewer]) -> Stream:
        await limit_exports(request, viewer.user_id)
        headers = {
            "Content-Disposition": 'attachment; filename="orders.csv"',
            "Cache-Control": "no-store",
        }
        rows = export_orders(viewer.group_id, _filter(request))
        return Stream(rows, media_type="text/csv", headers=headers)

    @get("/{order_id:str}")
    async def show(
        self, request: Request_, viewer: Named[Viewer], order_id: FromPath[str]
    ) -> Response[str]:
        order = await _order(viewer, order_id)
        return page(
            request, "orders/console/show.html", **await _detail(order, viewer, _blank(order))
        )

    @post("/{order_id:str}/link", guards=[requires(Permission.MESSAGE)], status_code=200)
    async def link(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        order_id: FromPath[str],
    ) -> Response[str]:
        """Send the buyer the order's link again; its downloads count from the beginning."""
        order = await _order(viewer, order_id)
        form = await read_form(request, ResendForm)
        if form.data is None:
            raise BadRequest
        await limit(request, "order-resend", RESEND_RATE, key=str(viewer.group_id))
        await resend(order, form.data.id, viewer.user_id, now)
        return await _done(request, viewer, order, _("The link is on its way to the buyer."))

    @post("/{order_id:str}/refunds", guards=[requires(Permission.REFUND_ORDERS)], status_code=200)
    async def give_back(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        order_id: FromPath[str],
    ) -> Response[str]:
        order = await _order(viewer, order_id)
        form = await read_form(request, RefundForm)
        amount = _amount(form, order)
        if form.data is None or amount is None or not form.ok:
            return await _refused(request, viewer, order, form, 422)
        try:
            state = await refund(
                order.id,
                amount,
                refund_id=form.data.id,
                actor_id=viewer.user_id,
                restock=form.data.restock,
                now=now,
            )
        except MayflyError as error:
            form.add(FORM_LEVEL, error.message)
            return await _refused(request, viewer, order, form, error.status)
        return await _done(request, viewer, order, _refund_words(state))


def _refund_words(state: str) -> str:
    """Return what became of a refund: Stripe may take its time, or not answer at all just now."""
    return {
        "succeeded": _("The refund is on its way to the buyer."),
        "pending": _("The refund is accepted and on its way; the bank takes its time."),
    }.get(state, _("The refund is noted. The payment service does not answer, so we keep asking."))


def _filter(request: Request_) -> Filter:
    query = request.query_params
    return read_filter(query.get("q", ""), query.get("state", ""), query.get("page_id", ""))


def _page_number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 9 else 1


async def _order(viewer: Viewer, order_id: str) -> OrderView:
    known = parse_id(order_id)
    order = await order_of_group(viewer.group_id, known) if known else None
    if order is None:
        raise NotFound
    return order


def _blank(order: OrderView) -> Form[RefundForm]:
    amount = format_amount_input(order.refundable, order.currency)
    return Form(values={"id": str(new_id()), "amount": amount})


def _amount(form: Form[RefundForm], order: OrderView) -> int | None:
    """Return the minor units to give back; when they make no sense, put why beside the field."""
    if form.data is None:
        return None
    try:
        amount = parse_amount(form.data.amount, order.currency)
    except AmountRefused as error:
        form.add("amount", error.message)
        return None
    if not 0 < amount <= order.refundable:
        form.add("amount", _("That is more than what is left to refund, or nothing at all."))
    return amount


async def _detail(order: OrderView, viewer: Viewer, form: Form[RefundForm]) -> dict[str, Any]:
    return {
        "order": order,
        "form": form,
        "history": await history_of(order),
        "failed_refunds": await failed_refunds_of(order.id),
        "attempts": await attempts_on(order),
        "may_refund": viewer.can(Permission.REFUND_ORDERS),
        "may_message": viewer.can(Permission.MESSAGE),
    }


async def _refused(
    request: Request_, viewer: Viewer, order: OrderView, form: Form[RefundForm], status: int
) -> Response[str]:
    context = await _detail(order, viewer, form)
    if is_htmx(request):
        return fragments(request, ("orders/console/_detail.html", context), status=status)
    return page(request, "orders/console/show.html", status=status, **context)


async def _done(request: Request_, viewer: Viewer, order: OrderView, toast: str) -> Response[str]:
    if not is_htmx(request):
        return redirect(request, f"/console/orders/{order.id}", toast=toast)
    fresh = await _order(viewer, str(order.id))
    context = await _detail(fresh, viewer, _blank(fresh))
    return fragments(request, ("orders/console/_detail.html", context), toast=toast)
