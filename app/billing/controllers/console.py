"""`/console/billing`: the plan, what is used of it, its invoices, and the ways to pay, to cancel and to go on."""

from datetime import datetime
from typing import Any

from litestar import Controller, Request, Response, get, post
from litestar.di import NamedDependency as Named

from app.auth.permissions import Permission
from app.auth.viewer import Viewer
from app.auth.viewing import requires
from app.billing.changing import set_end
from app.billing.controllers.views import billing_context
from app.billing.forms import EndForm
from app.billing.queries import customer_of
from app.billing.returning import lead_back, remember_way, way_back
from app.billing.starting import concluded
from app.core.errors import BadRequest, Conflict
from app.core.forms import read_form
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.core.ratelimit import limit
from app.core.rendering import page, redirect
from app.core.settings import get_settings
from app.payments.subscribing import get_subscriptions

Request_ = Request[Any, Any, Any]

PATH = "/console/billing"
# Each asks Stripe.
RATE = "30/minute"
LONGEST_SESSION = 255


class BillingController(Controller):
    path = PATH
    guards = [requires(Permission.MANAGE_BILLING)]

    @get()
    async def show(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """The plans; `back` is a path of the console to come back to once one is chosen."""
        back = way_back(request)
        context: dict[str, Any] = {**await billing_context(viewer, now), "back": back}
        response = page(request, "billing/show.html", **context)
        remember_way(response, back)
        return response

    @get("/started")
    async def started(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """Where Stripe's page leads back to, once it is paid; the webhook may come later."""
        session_id = request.query_params.get("session_id", "")
        found = None
        if session_id.isascii() and 0 < len(session_id) <= LONGEST_SESSION:
            await limit(request, "billing", RATE, key=str(viewer.organization_id))
            found = await concluded(viewer, session_id, now)
        if found is None:
            return redirect(request, PATH)
        if not found.entitles(now):
            words = _("The payment has not arrived yet. This page will know as soon as it has.")
            return redirect(request, PATH, toast=words)
        words = _("Thank you. Your plan is %(plan)s now.", plan=found.plan.name)
        return lead_back(request, PATH, words)

    @post("/cancellation", status_code=200)
    async def end(
        self, request: Request_, viewer: Named[Viewer], now: Named[datetime]
    ) -> Response[str]:
        """Let the plan end with its period, or go on after all."""
        form = await read_form(request, EndForm)
        if form.data is None:
            raise BadRequest
        await limit(request, "billing", RATE, key=str(viewer.organization_id))
        ends = form.data.ends == "yes"
        try:
            await set_end(viewer.organization_id, ends, now)
        except Conflict as error:
            context = {**await billing_context(viewer, now), "problem": error.message}
            return page(request, "billing/show.html", status=error.status, **context)
        done = _("It ends with its period.") if ends else _("It goes on.")
        return redirect(request, PATH, toast=done)

    @post("/portal", status_code=200)
    async def portal(self, request: Request_, viewer: Named[Viewer]) -> Response[str]:
        """303 to Stripe's page with the card and the invoices."""
        customer = await customer_of(viewer.organization_id)
        if customer is None:
            return redirect(request, PATH, toast=_("Nothing was paid for yet."))
        await limit(request, "billing", RATE, key=str(viewer.organization_id))
        back = get_settings().base_url.rstrip("/") + PATH
        return redirect(
            request, await get_subscriptions().portal(customer, back, current_language.get())
        )

    @get("/invoices")
    async def invoices(self, request: Request_, viewer: Named[Viewer]) -> Response[str]:
        await limit(request, "billing", RATE, key=str(viewer.organization_id))
        customer = await customer_of(viewer.organization_id)
        found = await get_subscriptions().invoices(customer) if customer else []
        return page(request, "billing/invoices.html", invoices=found)
