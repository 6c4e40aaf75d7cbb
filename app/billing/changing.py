"""Changing a plan that is paid for: another plan, with the rest of the period settled at once, or none from its end on."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.billing.following import follow, store
from app.billing.plans import Plan
from app.billing.queries import live_of, subscription_of
from app.billing.standing import Subscription
from app.billing.starting import price_of
from app.billing.tables import PAYING
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.payments.subscribing import Change, RemoteSubscription, get_subscriptions

# A price that was quoted this long ago is quoted again.
QUOTE_STANDS = timedelta(minutes=30)


@dataclass(frozen=True)
class Quote:
    """What a change costs as of the moment `at`; `total` below zero becomes a balance for the next invoices."""

    plan: Plan
    at: datetime
    total: int
    due: int
    currency: str


async def quote(organization_id: UUID, plan: Plan, now: datetime) -> Quote:
    """Return what it costs to change to `plan` now. Raises as `change` but CardDeclined."""
    subscription = await _changeable(organization_id, plan, now)
    at = now.replace(microsecond=0)
    preview = await get_subscriptions().preview(await _change(subscription, plan, at))
    return Quote(plan, at, preview.total, preview.due, preview.currency)


async def change(
    organization_id: UUID, plan: Plan, at: datetime, change_id: UUID, now: datetime
) -> None:
    """Change to `plan` at the price that was quoted for the moment `at`; doing it again under the same id does nothing.

    Raises NotFound for a plan that is not for sale, Conflict when there is nothing to change or the quote is old,
    CardDeclined, PaymentUnavailable: then nothing has changed.
    """
    live = await live_of(organization_id)
    if live is not None and live.plan.id == plan.id and live.stripe_id is not None:
        return
    subscription = await _changeable(organization_id, plan, now)
    if not timedelta() <= now - at <= QUOTE_STANDS:
        raise Conflict(_("The price may be another by now. Please look at it again."))
    wanted = await _change(subscription, plan, at)
    await _keep(subscription, await get_subscriptions().change(wanted, f"change/{change_id}"), now)


async def set_end(organization_id: UUID, ends: bool, now: datetime) -> Subscription:
    """Let the paid plan end with its period, or go on after all. Raises Conflict, PaymentUnavailable."""
    live = await live_of(organization_id)
    if live is None or live.stripe_id is None or live.lapsed(now):
        raise Conflict(_("There is no paid plan that could end or go on."))
    await _keep(live, await get_subscriptions().end_with_period(live.stripe_id, ends), now)
    return await subscription_of(live.id) or live


async def _changeable(organization_id: UUID, plan: Plan, now: datetime) -> Subscription:
    live = await live_of(organization_id)
    if not plan.for_sale:
        raise NotFound
    if live is None or live.stripe_id is None or live.lapsed(now):
        raise Conflict(_("There is no paid plan that could be changed."))
    if live.plan.id == plan.id:
        raise Conflict(_("That is your plan already."))
    if live.status not in PAYING:
        raise Conflict(_("A payment is missing. Please pay it first, then change the plan."))
    return live


async def _change(subscription: Subscription, plan: Plan, at: datetime) -> Change:
    assert subscription.stripe_id is not None and subscription.item_id is not None  # it is paid for
    price = await get_subscriptions().ensure_price(price_of(plan))
    return Change(subscription.stripe_id, subscription.item_id, price, at)


async def _keep(row: Subscription, remote: RemoteSubscription, now: datetime) -> None:
    if not await store(row, remote, now):
        await follow(row.id, now)
