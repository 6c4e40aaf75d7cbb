"""`mayfly plans list`, `push`: the plans as they are, and their prices at Stripe."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TYPE_CHECKING

from app.commands.saying import complain, say

if TYPE_CHECKING:
    from app.billing.plans import Plan


def show() -> int:
    """Print each plan with its price and what it allows."""
    from app.billing.wording import features_of, price_of

    async def line(plan: "Plan") -> str:
        return f"{plan.key}: {price_of(plan)}; {'; '.join(features_of(plan))}"

    return asyncio.run(_each(line))


def push() -> int:
    """Make the prices of the plans that are for sale, unless they are there; a checkout makes what is missing itself."""
    from app.billing.starting import price_of
    from app.core.errors import UpstreamFailed
    from app.payments.subscribing import get_subscriptions

    async def line(plan: "Plan") -> str:
        if not plan.for_sale:
            return f"{plan.key}: not for sale"
        price = price_of(plan)
        return f"{plan.key}: {await get_subscriptions().ensure_price(price)} ({price.key})"

    try:
        return asyncio.run(_each(line))
    except UpstreamFailed as problem:
        complain(f"Stripe: {problem.message}")
        return 1


async def _each(line: "Callable[[Plan], Awaitable[str]]") -> int:
    from app.billing.plans import all_plans
    from app.core import db

    await db.open_pool()
    try:
        for plan in await all_plans():
            say(await line(plan))
    finally:
        await db.close_pool()
    return 0
