"""Billing's messages to an organization's admins, one function each. Each is queued once by its key."""

from datetime import datetime
from typing import Any

from app.auth.people import admins_of
from app.billing.plans import default_plan
from app.billing.standing import Subscription
from app.core.money import format_money
from app.core.settings import get_settings
from app.notifications.sending import send_email


async def send_started(subscription: Subscription) -> None:
    """Say what the plan now allows."""
    await _send(subscription, "plan-started", str(subscription.id))


async def send_owing(subscription: Subscription) -> None:
    """Say that a payment failed, how long the plan goes on, and what to do."""
    await _send(subscription, "plan-owing", _debt(subscription), last=False)


async def send_owing_again(subscription: Subscription) -> None:
    """Say the same when half of the grace is over."""
    await _send(subscription, "plan-owing", f"{_debt(subscription)}:again", last=True)


async def send_ended(subscription: Subscription) -> None:
    """Say that the paid plan is over, why, and what that means."""
    default = await default_plan()
    unpaid = subscription.ended_cause == "unpaid"
    await _send(
        subscription, "plan-ended", str(subscription.id), unpaid=unpaid, default_name=default.name
    )


async def send_renewal(subscription: Subscription, amount: int, at: datetime) -> None:
    """Say some days before what the renewal will cost."""
    price = format_money(amount, subscription.currency, "en")
    key = f"{subscription.id}:{at.isoformat()}"
    await _send(subscription, "plan-renewal", key, price=price, renews_at=at)


def _debt(subscription: Subscription) -> str:
    since = subscription.owing_since
    return f"{subscription.id}:{since.isoformat() if since else ''}"


async def _send(subscription: Subscription, name: str, key: str, **context: Any) -> None:
    base = get_settings().base_url.rstrip("/")
    given = {
        "plan": subscription.plan,
        "subscription": subscription,
        "url": f"{base}/console/billing",
        **context,
    }
    for admin in await admins_of(subscription.organization_id):
        await send_email(
            admin.email,
            name,
            {"name": admin.name, **given},
            key=f"{name}:{key}:{admin.user_id}",
            subject_of=subscription.id,
        )
