"""Choosing another plan: what it costs and changes is shown first, then it is done."""

from datetime import datetime
from typing import Annotated, Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named
from litestar.params import PathParameter

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.billing.changing import Quote, change, quote
from app.billing.controllers.console import PATH, RATE
from app.billing.controllers.views import WORDS, billing_context, contact, too_much_for
from app.billing.forms import ChangeForm, PlanForm
from app.billing.plans import Plan, plan_by_key
from app.billing.returning import lead_back
from app.billing.standing import Standing, standing_of
from app.billing.starting import start
from app.core.errors import BadRequest, Conflict, MayflyError, NotFound
from app.core.forms import read_form
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.ratelimit import limit
from app.core.rendering import page, redirect
from app.payments.gateway import CardDeclined

Request_ = Request[Any, Any, Any]


class ChangingController(Controller):
    path = PATH
    guards = [requires(Permission.MANAGE_BILLING)]

    @get("/plans/{plan_key:str}")
    async def show(
        self,
        request: Request_,
        viewer: Named[Viewer],
        now: Named[datetime],
        plan_key: Annotated[str, PathParameter()],
    ) -> Response[str]:
        """What it means to change to a plan; for one that is paid for, what it costs now."""
        plan = await _offered(plan_key)
        await limit(request, "billing", RATE, key=str(viewer.organization_id))
        return page(request, "billing/plan.html", **await _choice(viewer, plan, now))

    @post("/subscription", status_code=200)
    async def subscribe(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """303 to Stripe's page, where the plan is paid for."""
        form = await read_form(request, PlanForm)
        if form.data is None:
            raise BadRequest
        plan = await _offered(form.data.plan)
        await limit(request, "billing", RATE, key=str(viewer.organization_id))
        try:
            return redirect(request, await start(viewer, plan, now))
        except Conflict as error:
            return await _refused(request, viewer, now, error)

    @post("/plan", status_code=200)
    async def change(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        form = await read_form(request, ChangeForm)
        if form.data is None:
            raise BadRequest
        plan = await _offered(form.data.plan)
        await limit(request, "billing", RATE, key=str(viewer.organization_id))
        try:
            await change(viewer.organization_id, plan, form.data.at, form.data.id, now)
        except (Conflict, CardDeclined) as error:
            return await _refused(request, viewer, now, error)
        words = _("Your plan is %(plan)s now.", plan=plan.name)
        return lead_back(request, PATH, words)


async def _offered(key: str) -> Plan:
    plan = await plan_by_key(key) if key.isalnum() and key.isascii() else None
    if plan is None or not plan.visible:
        raise NotFound
    return plan


async def _choice(viewer: Viewer, plan: Plan, now: datetime) -> dict[str, Any]:
    """What `billing/plan.html` takes."""
    standing = await standing_of(viewer.organization_id, now)
    found, problem = await _quote(standing, plan, now)
    return {
        "plan": plan,
        "standing": standing,
        "paying": _pays(standing, now),
        "quote": found,
        "problem": problem,
        "too_much": await too_much_for(viewer, plan),
        "id": new_id(),
        "contact": contact(),
        **WORDS,
    }


def _pays(standing: Standing, now: datetime) -> bool:
    found = standing.subscription
    return found is not None and found.stripe_id is not None and not found.lapsed(now)


async def _quote(standing: Standing, plan: Plan, now: datetime) -> tuple[Quote | None, str]:
    """Return what the change costs, if it costs anything; or why it can't be done now."""
    if not _pays(standing, now) or not plan.for_sale or plan.id == standing.plan.id:
        return None, ""
    try:
        return await quote(standing.organization_id, plan, now), ""
    except Conflict as error:
        return None, error.message


async def _refused(
    request: Request_, viewer: Viewer, now: datetime, error: MayflyError
) -> Response[str]:
    """The billing page, with what stands against it on top."""
    context = {**await billing_context(viewer, now), "problem": error.message}
    return page(request, "billing/show.html", status=error.status, **context)
