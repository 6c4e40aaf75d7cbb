"""Ines pays for a plan: Free has no room for everything that the demo shows."""

from datetime import datetime

from app.auth.viewer import Viewer
from app.billing.assigning import assign_plan
from app.billing.following import follow
from app.billing.plans import plan_by_key
from app.billing.queries import live_of
from app.billing.standing import standing_of
from app.billing.starting import start
from app.core.settings import get_settings
from app.demo.paying import pay_at_sandbox

PLAN = "premium"


async def put_on_plan(creator: Viewer, now: datetime) -> None:
    """Subscribe at the payment sandbox, as on its page; with a Stripe key of one's own the plan is simply given.

    Raises PaymentUnavailable, httpx.HTTPError.
    """
    standing = await standing_of(creator.organization_id, now)
    if standing.subscription is not None and standing.subscription.started:
        return
    plan = await plan_by_key(PLAN)
    if not get_settings().sandbox_payments or plan is None or not plan.for_sale:
        await assign_plan(creator.organization_id, PLAN, now, None)
        return
    await start(creator, plan, now)
    chosen = await live_of(creator.organization_id)
    assert chosen is not None  # it was just begun
    assert chosen.checkout_id is not None
    await pay_at_sandbox(chosen.checkout_id)
    await follow(chosen.id, now)
