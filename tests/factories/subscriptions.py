"""Organizations that pay for a plan, at the sandbox."""

from datetime import datetime
from typing import Any

from app.auth.viewer import Viewer
from app.billing.following import follow
from app.billing.plans import plan_by_key
from app.billing.queries import live_of
from app.billing.standing import Subscription
from app.billing.starting import start


async def subscribe(
    viewer: Viewer, stripe_account: Any, now: datetime, plan: str = "basic", *, told: bool = True
) -> Subscription:
    """Let the viewer's organization choose a plan and pay for it; unless `told`, nobody has heard of the payment yet."""
    chosen = await plan_by_key(plan)
    assert chosen is not None
    await start(viewer, chosen, now)
    live = await live_of(viewer.organization_id)
    assert live is not None and live.checkout_id is not None
    await stripe_account.pay(live.checkout_id)
    if told:
        await follow(live.id, now)
        live = await live_of(viewer.organization_id)
        assert live is not None and live.stripe_id is not None
    return live
