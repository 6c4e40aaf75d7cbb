"""Jobs of the waitlist: offers that are over, places that became free, and what those who wait are told."""

from datetime import datetime
from uuid import UUID

from app.core import jobs
from app.core.errors import NotFound
from app.pages import telling
from app.pages.collecting import collection_of
from app.registrations import offering, waitlist_emails
from app.registrations.queries import registration_of
from app.registrations.waiting import JOINED_JOB


@jobs.job(offering.HOLD_LAPSED_JOB)
async def hold_lapsed(payload: jobs.Payload, now: datetime) -> None:
    await offering.lapse_hold(UUID(payload["hold_id"]), now)


@jobs.periodic("registrations.sweep_offers", "* * * * *")
async def sweep(_payload: jobs.Payload, now: datetime) -> None:
    await offering.sweep(now)


async def refill(payload: jobs.Payload, now: datetime) -> None:
    """More places, a page that runs again after a pause, a deadline that moved: whoever waits may be next."""
    await offering.refill(UUID(payload["page_id"]), now)


for event in (telling.ADDED_STOCK, telling.TRANSITION, telling.CHANGED_TIMES):
    jobs.on_event(event, refill)


async def _tell(payload: jobs.Payload, now: datetime, tell: waitlist_emails.Tell) -> None:
    try:
        registration = await registration_of(UUID(payload["registration_id"]))
        collection = await collection_of(registration.page_id, now)
    except NotFound:
        return
    await tell(collection, registration, now)


@jobs.job(JOINED_JOB)
async def joined(payload: jobs.Payload, now: datetime) -> None:
    await _tell(payload, now, waitlist_emails.send_joined)


@jobs.job(offering.OFFERED_JOB)
async def offered(payload: jobs.Payload, now: datetime) -> None:
    await _tell(payload, now, waitlist_emails.send_offered)


@jobs.job(offering.LAPSED_JOB)
async def lapsed(payload: jobs.Payload, now: datetime) -> None:
    await _tell(payload, now, waitlist_emails.send_lapsed)
