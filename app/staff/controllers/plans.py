"""`/console/staff/plans`: what each plan costs and allows, and who may see it."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import FromPath

from app.billing.plans import Plan, all_plans
from app.core.errors import NotFound
from app.core.forms import FieldError, read_form
from app.core.i18n import gettext as _
from app.core.rendering import page, redirect
from app.staff.controllers.area import HOME, Request_, StaffController
from app.staff.noting import Actor
from app.staff.planning import PlanForm, change_plan, form_of

PATH = f"{HOME}/plans"


class PlansController(StaffController):
    path = PATH

    @get()
    async def index(self, request: Request_) -> Response[str]:
        return page(request, "staff/plans.html", plans=await all_plans())

    @get("/{plan_id:uuid}")
    async def show(self, request: Request_, plan_id: FromPath[UUID]) -> Response[str]:
        plan = await _plan(plan_id)
        return _show(request, plan, form=form_of(plan))

    @post("/{plan_id:uuid}", status_code=200)
    async def edit(
        self, request: Request_, actor: Named[Actor], plan_id: FromPath[UUID]
    ) -> Response[str]:
        plan = await _plan(plan_id)
        form = await read_form(request, PlanForm)
        if form.data is not None:
            try:
                await change_plan(actor, plan, form.data)
            except FieldError as error:
                form.take(error)
        if form.data is None or form.errors:
            return _show(request, plan, 422, form=form)
        return redirect(request, PATH, toast=_("The plan is changed."))


async def _plan(plan_id: UUID) -> Plan:
    found = next((plan for plan in await all_plans() if plan.id == plan_id), None)
    if found is None:
        raise NotFound
    return found


def _show(request: Request_, plan: Plan, status: int = 200, **context: Any) -> Response[str]:
    return page(request, "staff/plan.html", status=status, plan=plan, **context)
