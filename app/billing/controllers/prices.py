"""`/pricing`: what the plans cost and allow, for everyone."""

from typing import Any

from litestar import Controller, Request, Response, get

from app.billing.controllers.views import contact
from app.billing.plans import public_plans
from app.billing.wording import features_of, price_of
from app.core.rendering import page


class PricesController(Controller):
    path = "/pricing"

    @get()
    async def show(self, request: Request[Any, Any, Any]) -> Response[str]:
        return page(
            request,
            "billing/pricing.html",
            plans=await public_plans(),
            features_of=features_of,
            price_of=price_of,
            contact=contact(),
        )
