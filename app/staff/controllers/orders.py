"""`/console/staff/orders`: any order, to read."""

from uuid import UUID

from litestar import Response, get
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.auth.organizations import organization_of
from app.core.errors import NotFound
from app.core.rendering import page
from app.notifications.queries import messages_about
from app.orders.finding import found_order
from app.orders.history import history_of
from app.orders.queries import order_of
from app.staff.controllers.area import HOME, Request_, StaffController
from app.staff.noting import Actor


class OrdersController(StaffController):
    path = f"{HOME}/orders/{{order_id:uuid}}"

    @get()
    async def show(
        self, request: Request_, actor: Named[Actor], order_id: FromPath[UUID]
    ) -> Response[str]:
        found, order = await found_order(order_id), await order_of(order_id)
        if found is None or order is None:
            raise NotFound
        await actor.did("looked-at-order", order_id, number=found.number)
        return page(
            request,
            "staff/order.html",
            found=found,
            order=order,
            organization=await organization_of(found.organization_id),
            history=await history_of(order),
            messages=await messages_about(order_id),
        )
