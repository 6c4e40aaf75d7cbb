"""Jobs of billing, and what Stripe's events mean for subscriptions. Each names one domain function."""

import contextlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.billing import emails, lapsing, noticing, overrunning, reconciling
from app.billing.assigning import WITHDRAW_JOB
from app.billing.following import follow
from app.billing.queries import by_stripe_id, subscription_of
from app.billing.remembering import PLAN_CHANGED
from app.core import jobs
from app.core.ids import parse_id
from app.payments import inbox
from app.payments.gateway import Event, UnknownSession


@jobs.job(noticing.HALF_JOB)
async def grace_half(payload: jobs.Payload, now: datetime) -> None:
    since = datetime.fromisoformat(payload["since"])
    await lapsing.remind(UUID(payload["subscription_id"]), since, now)


@jobs.job(noticing.OVER_JOB)
async def grace_over(payload: jobs.Payload, now: datetime) -> None:
    await lapsing.end_unpaid(UUID(payload["subscription_id"]), now)


async def look_over(payload: jobs.Payload, now: datetime) -> None:
    await overrunning.look_over(UUID(payload["organization_id"]), now)


jobs.on_event(PLAN_CHANGED, look_over)


@jobs.job(WITHDRAW_JOB)
async def withdraw(payload: jobs.Payload, now: datetime) -> None:
    await reconciling.withdraw(UUID(payload["subscription_id"]), now)


@jobs.periodic("billing.reconcile", "23 4 * * *")
async def reconcile(_payload: jobs.Payload, now: datetime) -> None:
    await reconciling.reconcile(now)


async def session_changed(event: Event, now: datetime) -> None:
    """A checkout was paid or not in time; what is for sale once is none of ours."""
    if event.subject.get("mode") == "subscription":
        await _follow(event.subject.get("metadata"), event.subject.get("subscription"), now)


async def subscription_changed(event: Event, now: datetime) -> None:
    """An event only says that something happened: what is true now is asked, so order and repeats don't matter."""
    await _follow(event.subject.get("metadata"), event.subject.get("id"), now)


async def invoice_changed(event: Event, now: datetime) -> None:
    details = _details(event)
    await _follow(details.get("metadata"), details.get("subscription"), now)


async def invoice_upcoming(event: Event, now: datetime) -> None:
    """Some days before a renewal."""
    await invoice_changed(event, now)
    found = await by_stripe_id(str(_details(event).get("subscription")))
    if found is None or found.ended_at or found.cancel_at or found.period_end is None:
        return
    await emails.send_renewal(found, int(event.subject.get("amount_due", 0)), found.period_end)


async def _follow(metadata: Any, stripe_id: Any, now: datetime) -> None:
    said = metadata.get("subscription_id") if isinstance(metadata, Mapping) else None
    subscription_id = parse_id(said) if said else None
    if subscription_id is None or await subscription_of(subscription_id) is None:
        return
    with contextlib.suppress(UnknownSession):
        await follow(subscription_id, now, stripe_id if isinstance(stripe_id, str) else None)


def _details(event: Event) -> Mapping[str, Any]:
    parent = event.subject.get("parent") or {}
    return parent.get("subscription_details") or {}


inbox.on("checkout.session.completed", session_changed)
inbox.on("checkout.session.expired", session_changed)
inbox.on("customer.subscription.created", subscription_changed)
inbox.on("customer.subscription.updated", subscription_changed)
inbox.on("customer.subscription.deleted", subscription_changed)
inbox.on("invoice.paid", invoice_changed)
inbox.on("invoice.payment_failed", invoice_changed)
inbox.on("invoice.upcoming", invoice_upcoming)
