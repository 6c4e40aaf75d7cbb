"""Choosing a plan that is paid for: a checkout at Stripe, of which an organization has one at a time.

Each attempt is written before Stripe is asked. Choosing again, in another window or by a colleague, leads to the same
page; choosing another plan closes the page of the one before, so that nobody pays for two.
"""

from datetime import datetime
from uuid import UUID

from app.auth.viewer import Viewer
from app.billing.following import follow
from app.billing.lapsing import end_unpaid
from app.billing.limits import lock_plan
from app.billing.plans import Plan
from app.billing.queries import customer_of, live_of, subscription_of
from app.billing.standing import Subscription
from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.settings import get_settings
from app.payments.subscribing import Price, Start, StartSession, get_subscriptions

RETURN_PATH = "/console/billing/started"


async def start(viewer: Viewer, plan: Plan, now: datetime) -> str:
    """Return the address of the hosted page where the organization subscribes to `plan`.

    Raises NotFound for a plan that is not for sale, Conflict when there is a subscription already, PaymentUnavailable.
    """
    if not plan.for_sale:
        raise NotFound
    before = await live_of(viewer.organization_id)
    if before is not None and before.lapsed(now):
        await end_unpaid(before.id, now)
    customer = await ensure_customer(viewer, now)
    price = await get_subscriptions().ensure_price(price_of(plan))
    attempt = await _attempt(viewer.organization_id, plan, now)
    if attempt.checkout_id is not None:
        known = await get_subscriptions().get_start(attempt.checkout_id)
        if known.status == "open" and known.url:
            return known.url
        await follow(attempt.id, now)
        if known.subscription is not None:
            raise Conflict(already())
        attempt = await _attempt(viewer.organization_id, plan, now, anew=attempt.attempt)
    return await _open(attempt, customer, price, now)


def already() -> str:
    """Say that there is nothing to begin."""
    return _("Your organization has a paid plan already. Change it instead.")


def price_of(plan: Plan) -> Price:
    """Return the plan's price as Stripe keeps it: another amount is another price, and who subscribed keeps theirs."""
    if plan.amount is None:
        raise NotFound
    key = f"mayfly_{plan.key}_{plan.amount}_{plan.currency.lower()}_{plan.interval}"
    return Price(key, plan.key, plan.name, plan.amount, plan.currency, plan.interval)


async def ensure_customer(viewer: Viewer, now: datetime) -> str:
    """Return the organization's id at Stripe; make it one unless it has."""
    organization_id = viewer.organization_id
    known = await customer_of(organization_id)
    if known is not None:
        return known
    made = await get_subscriptions().make_customer(
        f"customer/{organization_id}",
        viewer.email,
        viewer.name,
        {"organization_id": str(organization_id)},
    )
    await db.execute(
        "INSERT INTO billing_customer (organization_id, stripe_id, created_at) VALUES ($1, $2, $3) "
        "ON CONFLICT DO NOTHING",
        *(organization_id, made, now),
    )
    return await customer_of(organization_id) or made


async def _attempt(
    organization_id: UUID, plan: Plan, now: datetime, *, anew: int | None = None
) -> Subscription:
    """Return what the organization is about to pay for; a page that this takes the place of is closed.

    The attempt `anew` is over, so that another begins. Raises Conflict, PaymentUnavailable.
    """
    async with db.transaction():
        await lock_plan(organization_id)
        # Locked, for the page that is kept at this moment is the one to be closed.
        live = await live_of(organization_id, locked=True)
        if live is None:
            await _insert(new_id(), organization_id, plan, now)
            return await _live(organization_id)
        if live.by_staff:
            raise Conflict(_("Your plan was arranged with us. Write to us to change it."))
        if live.stripe_id is not None:
            raise Conflict(already())
        if live.plan.id == plan.id and anew != live.attempt:
            return live
        await db.execute(
            """UPDATE subscription SET plan_id = $2, amount = $3, currency = $4, attempt = attempt + 1,
                 checkout_id = NULL, checkout_url = NULL, version = version + 1, updated_at = $5 WHERE id = $1""",
            *(live.id, plan.id, plan.amount, plan.currency, now),
        )
        attempt = await _live(organization_id)
    if live.checkout_id is not None and live.attempt != anew:
        await _close(attempt, live.checkout_id, now)
    return attempt


async def _insert(id: UUID, organization_id: UUID, plan: Plan, now: datetime) -> None:
    await db.execute(
        """INSERT INTO subscription (id, organization_id, plan_id, amount, currency, created_at, updated_at)
           VALUES ($1, $2, $3, $4, $5, $6, $6)""",
        *(id, organization_id, plan.id, plan.amount, plan.currency, now),
    )


async def _live(organization_id: UUID) -> Subscription:
    live = await live_of(organization_id)
    assert live is not None  # written in this transaction
    return live


async def _close(attempt: Subscription, checkout_id: str, now: datetime) -> None:
    """Close the page of the plan that was chosen before. Raises Conflict when it was paid for meanwhile."""
    closed = await get_subscriptions().close_start(checkout_id)
    if closed.subscription is not None:
        await follow(attempt.id, now, closed.subscription)
        raise Conflict(already())


async def _open(attempt: Subscription, customer: str, price: str, now: datetime) -> str:
    base = get_settings().base_url.rstrip("/")
    session = await get_subscriptions().start(
        Start(
            key=f"subscription/{attempt.id}/{attempt.attempt}",
            customer=customer,
            price=price,
            success_url=f"{base}{RETURN_PATH}?session_id={{CHECKOUT_SESSION_ID}}",
            cancel_url=f"{base}/console/billing",
            language="auto",
            metadata={"subscription_id": str(attempt.id)},
        )
    )
    return await _keep(attempt, session, now)


async def _keep(attempt: Subscription, session: StartSession, now: datetime) -> str:
    """Keep the page's address, if this attempt is still the last; else nobody may pay on it."""
    kept = await db.execute(
        """UPDATE subscription SET checkout_id = $3, checkout_url = $4, updated_at = $5, version = version + 1
           WHERE id = $1 AND attempt = $2 AND ended_at IS NULL AND stripe_id IS NULL
           AND (checkout_id IS NULL OR checkout_id = $3)""",
        *(attempt.id, attempt.attempt, session.id, session.url, now),
    )
    if kept and session.url is not None:
        return session.url
    current = await subscription_of(attempt.id)
    if current is None or current.checkout_id != session.id:
        await _close(attempt, session.id, now)
    raise Conflict(_("Another plan was chosen meanwhile. Please look again."))


async def concluded(viewer: Viewer, session_id: str, now: datetime) -> Subscription | None:
    """Follow a checkout that somebody comes back from; None unless it is their organization's last."""
    live = await live_of(viewer.organization_id)
    if live is None or live.checkout_id != session_id:
        return None
    await follow(live.id, now)
    return await subscription_of(live.id) or live
