"""What the billing templates take, put together once."""

from datetime import datetime, timedelta
from email.utils import parseaddr
from typing import Any

from app.auth.viewer import Viewer
from app.billing.overrunning import look_over
from app.billing.plans import Plan, all_plans
from app.billing.standing import Standing, standing_of
from app.billing.statements import statement_of
from app.billing.usage import Usage, usage_of
from app.billing.wording import amount_of, features_of, fee_words, name_of, price_of, remedy
from app.core.settings import get_settings

WORDS: dict[str, Any] = {
    "amount_of": amount_of,
    "features_of": features_of,
    "fee_words": fee_words,
    "name_of": name_of,
    "price_of": price_of,
    "remedy": remedy,
}


def contact() -> str:
    """Return whom to write to about plans without a price."""
    settings = get_settings()
    return settings.sales_email or parseaddr(settings.mail_from)[1]


def month_of(now: datetime) -> tuple[datetime, datetime]:
    """Return when the month of `now` begins, and when the next one does."""
    first = now.replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first, (first + timedelta(days=32)).replace(day=1)


async def billing_context(viewer: Viewer, now: datetime) -> dict[str, Any]:
    """What `billing/show.html` takes."""
    standing = await standing_of(viewer.organization_id, now)
    if standing.overrun:
        await look_over(viewer.organization_id, now)
    return {
        "standing": standing,
        "plans": offered(await all_plans(), standing),
        "usages": await usage_of(viewer.organization_id, standing.plan),
        "month": month_of(now)[0],
        "sales": await statement_of(viewer.organization_id, *month_of(now)),
        "contact": contact(),
        "problem": None,
        "back": None,
        **WORDS,
    }


def offered(plans: list[Plan], standing: Standing) -> list[Plan]:
    """Return the plans that the organization is shown: the public ones, and its own."""
    return [plan for plan in plans if plan.visible or plan.id == standing.plan.id]


async def too_much_for(viewer: Viewer, plan: Plan) -> list[Usage]:
    """Return what the organization would have too much of on `plan`."""
    found = await usage_of(viewer.organization_id, plan)
    return [usage for usage in found if usage.over]
