"""A payment that does not come: the plan goes on for the days of grace, with words in the middle, and is over then."""

from datetime import datetime
from uuid import UUID

from app.billing import emails
from app.billing.following import follow
from app.billing.queries import subscription_of
from app.billing.standing import Subscription
from app.billing.tables import OWING
from app.payments.subscribing import get_subscriptions


async def remind(subscription_id: UUID, since: datetime, now: datetime) -> None:
    """Say once more that a payment is missing, if it still is the one that was due `since`."""
    row = await subscription_of(subscription_id)
    if row is not None and row.owing_since == since and row.owes(now):
        await emails.send_owing_again(row)


async def end_unpaid(subscription_id: UUID, now: datetime) -> None:
    """End at Stripe what was not paid for in time: nobody is charged later for what they no longer have.

    Stripe is asked first whether the money came. Raises PaymentUnavailable; the plan is over all the same.
    """
    await follow(subscription_id, now)
    row = await subscription_of(subscription_id)
    if row is None or not _overdue(row, now) or row.stripe_id is None:
        return
    await get_subscriptions().cancel(row.stripe_id, credit=False)
    await follow(subscription_id, now)


def _overdue(row: Subscription, now: datetime) -> bool:
    return row.ended_at is None and row.status in OWING and row.lapsed(now)
