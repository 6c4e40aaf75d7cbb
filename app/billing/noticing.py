"""What a change of a subscription is told to people, and what time will bring of it."""

from datetime import datetime

from app.billing import emails
from app.billing.standing import Subscription
from app.billing.tables import PAYING
from app.core import jobs

HALF_JOB = "billing.grace_half"
OVER_JOB = "billing.grace_over"


async def tell(before: Subscription, after: Subscription, now: datetime) -> None:
    """Queue, in the current transaction, the messages that the step from `before` to `after` brings."""
    if before.stripe_id is None and after.status in PAYING:
        await emails.send_started(after)
    if before.owing_since is None and after.owing_since is not None:
        await emails.send_owing(after)
        await _wait_for_money(after)
    if before.ended_at is None and after.ended_at is not None and before.stripe_id is not None:
        await emails.send_ended(after)


async def _wait_for_money(subscription: Subscription) -> None:
    since, until = subscription.owing_since, subscription.grace_until
    assert since is not None and until is not None  # stored together
    said = {"subscription_id": subscription.id, "since": since.isoformat()}
    await jobs.enqueue(HALF_JOB, said, run_at=since + (until - since) / 2)
    await jobs.enqueue(OVER_JOB, said, run_at=until)
