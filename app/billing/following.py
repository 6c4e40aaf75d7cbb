"""Following Stripe: whatever brings news of a subscription, its present state is asked for and stored, so that order,
repeats and losses of the news make no difference.

What was asked before another's answer was stored is asked again: the last stored answer is never older than another.
"""

from datetime import datetime, timedelta
from uuid import UUID

import structlog

from app.billing.noticing import tell
from app.billing.plans import plan_by_key
from app.billing.queries import subscription_of
from app.billing.remembering import plan_changed
from app.billing.standing import Subscription
from app.billing.tables import OWING
from app.core import db
from app.core.errors import Conflict
from app.core.settings import get_settings
from app.payments.subscribing import RemoteSubscription, get_subscriptions

log = structlog.get_logger()

TRIES = 5


async def follow(subscription_id: UUID, now: datetime, stripe_id: str | None = None) -> None:
    """Bring a subscription to where Stripe says it is; `stripe_id` is what the news was about, if it named one.

    Raises PaymentUnavailable, Conflict when others change it all the time: then it is to be tried again.
    """
    for _try in range(TRIES):
        row = await subscription_of(subscription_id)
        if row is None:
            return
        known = row.stripe_id or await _begun(row, now) or stripe_id
        if stripe_id is not None and known != stripe_id:
            await _surplus(row, stripe_id)
        if known is None:
            return
        remote = await get_subscriptions().get(known)
        if remote.metadata.get("subscription_id") != str(row.id):
            log.error("subscription.foreign", stripe_id=known, subscription=str(row.id))
            return
        if row.ended_at is not None:
            await _end_for_good(row, remote)
            return
        if await store(row, remote, now):
            return
    raise Conflict


async def _begun(row: Subscription, now: datetime) -> str | None:
    """Return the subscription that the checkout has become; one that was not paid in time is over."""
    if row.checkout_id is None:
        return None
    session = await get_subscriptions().get_start(row.checkout_id)
    if session.status == "expired" and row.ended_at is None:
        await db.execute(
            """UPDATE subscription SET ended_at = $3, ended_cause = 'abandoned', updated_at = $3,
                 status = 'incomplete_expired', version = version + 1
               WHERE id = $1 AND version = $2 AND stripe_id IS NULL""",
            *(row.id, row.version, now),
        )
    return session.subscription


async def store(row: Subscription, remote: RemoteSubscription, now: datetime) -> bool:
    """Store what Stripe answered, and whatever follows from it, unless the row is another than when it was asked."""
    owing = remote.status in OWING and not remote.over
    since = (row.owing_since or now) if owing else None
    until = since + timedelta(days=get_settings().grace_days) if since else None
    grace = (row.grace_until or until) if owing else None
    plan = await plan_by_key(remote.plan)
    if plan is None:
        log.error("subscription.unknown_plan", stripe_id=remote.id, plan=remote.plan)
    unpaid = row.status in OWING and row.lapsed(now)
    cause = ("unpaid" if unpaid else "canceled") if remote.over else None
    async with db.transaction():
        stored = await db.execute(
            """UPDATE subscription SET stripe_id = $3, item_id = $4, status = $5, plan_id = $6, amount = $7,
                 currency = $8, period_end = $9, cancel_at = $10, owing_since = $11, grace_until = $12, ended_at = $13,
                 ended_cause = $14, updated_at = $15, checked_at = $15, version = version + 1
               WHERE id = $1 AND version = $2""",
            *(row.id, row.version, remote.id, remote.item, remote.status),
            *(plan.id if plan else row.plan.id, remote.amount, remote.currency),
            *(remote.period_end, remote.cancel_at, since, grace),
            *(now if remote.over else None, cause, now),
        )
        if stored:
            await _follow_up(row, now)
    return bool(stored)


async def _follow_up(before: Subscription, now: datetime) -> None:
    after = await subscription_of(before.id)
    assert after is not None  # subscriptions are never deleted
    changed = (before.status, before.plan.id, before.cancel_at, before.ended_at) != (
        *(after.status, after.plan.id, after.cancel_at, after.ended_at),
    )
    if not changed:
        return
    await plan_changed(after.organization_id)
    await tell(before, after, now)


async def _end_for_good(row: Subscription, remote: RemoteSubscription) -> None:
    """What is over here must not go on there: another plan took its place while it was being paid for."""
    if not remote.over:
        await get_subscriptions().cancel(remote.id, credit=True)
    if row.stripe_id is None:
        await db.execute(
            "UPDATE subscription SET stripe_id = $2, status = 'canceled' WHERE id = $1",
            *(row.id, remote.id),
        )


async def _surplus(row: Subscription, stripe_id: str) -> None:
    """Whoever managed to pay twice for one plan gets the second back as a balance."""
    remote = await get_subscriptions().get(stripe_id)
    if remote.metadata.get("subscription_id") == str(row.id) and not remote.over:
        log.error("subscription.surplus", stripe_id=stripe_id, subscription=str(row.id))
        await get_subscriptions().cancel(stripe_id, credit=True)
