"""The pages' jobs: each takes an id and calls one domain function."""

from datetime import datetime
from uuid import UUID

from app.billing.remembering import PLAN_CHANGED
from app.core.jobs import Payload, job, on_event, periodic
from app.pages import announcing, branding, changing, counting, covering, ending


@job("pages.announce")
async def announce(payload: Payload, now: datetime) -> None:
    await announcing.announce(UUID(payload["page_id"]), now)


@job("products.changed")
async def follow_product(payload: Payload, now: datetime) -> None:
    await changing.follow_product(UUID(payload["product_id"]), now)


async def follow_plan(payload: Payload, now: datetime) -> None:
    await branding.follow_plan(UUID(payload["organization_id"]), now)


on_event(PLAN_CHANGED, follow_plan)


@periodic("pages.sweep", "* * * * *")
async def sweep(_payload: Payload, now: datetime) -> None:
    await announcing.announce_missed(now)
    await ending.retire_sold_out(now)


@periodic("pages.forget_visitors", "23 3 * * *")
async def forget_visitors(_payload: Payload, now: datetime) -> None:
    await counting.forget_visitors(now)


@job(covering.TAKE_JOB)
async def take_cover(payload: Payload, now: datetime) -> None:
    await covering.take_cover(UUID(payload["upload_id"]), now)
