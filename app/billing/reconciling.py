"""Asking Stripe about every subscription that is not over, once a day: no lost webhook is lost for longer."""

from datetime import datetime
from uuid import UUID

import structlog

from app.auth.people import admins_of
from app.billing.following import follow
from app.billing.lapsing import end_unpaid
from app.billing.queries import subscription_of, unsettled
from app.core import db
from app.core.errors import Conflict
from app.payments.gateway import PaymentRejected, PaymentUnavailable
from app.payments.subscribing import get_subscriptions

log = structlog.get_logger()

BATCH = 100
FIRST = UUID(int=0)


async def reconcile(now: datetime) -> int:
    """Follow all of them; return how many. Stops when Stripe does not answer: the next run asks."""
    followed, after = 0, FIRST
    while ids := await unsettled(after, BATCH):
        for subscription_id in ids:
            try:
                await _settle(subscription_id, now)
            except PaymentUnavailable:
                log.warning("billing.stripe_unavailable")
                return followed
            except (PaymentRejected, Conflict) as error:
                log.error("billing.not_reconciled", id=str(subscription_id), error=repr(error))
            followed += 1
        after = ids[-1]
    return followed


async def _settle(subscription_id: UUID, now: datetime) -> None:
    await end_unpaid(subscription_id, now)  # which follows it first
    row = await subscription_of(subscription_id)
    if row is None or row.stripe_id is None or row.ended_at is not None or row.cancel_at:
        return
    if not await admins_of(row.organization_id):
        # Nobody is left who could cancel it.
        await get_subscriptions().end_with_period(row.stripe_id, True)
        await follow(subscription_id, now)


async def withdraw(subscription_id: UUID, now: datetime) -> None:
    """Let nobody pay for what another plan has taken the place of: close its checkout, or end it with a credit."""
    checkout_id = await db.fetch_value(
        "SELECT checkout_id FROM subscription WHERE id = $1", subscription_id
    )
    if checkout_id is not None:
        await get_subscriptions().close_start(checkout_id)
    await follow(subscription_id, now)
