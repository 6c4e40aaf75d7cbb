"""Jobs of registrations. Each takes an id and calls one domain function."""

from datetime import datetime
from uuid import UUID

from app.core import jobs
from app.core.errors import NotFound
from app.notices.noting import add_notice
from app.pages.collecting import Collection, collection_of
from app.registrations import (
    captcha,
    confirming,
    emails,
    mailing_jobs,
    waitlist_jobs,
)
from app.registrations.cancelling import CANCELLED_JOB
from app.registrations.changing import CHANGED_JOB
from app.registrations.counting import FULL_JOB
from app.registrations.queries import RegistrationView, registration_of
from app.registrations.registering import AGAIN_JOB, CONFIRMED_JOB

# Importing them registers theirs.
OTHER_JOBS = (waitlist_jobs, mailing_jobs)


async def _find(payload: jobs.Payload, now: datetime) -> tuple[Collection, RegistrationView] | None:
    """Return a registration with its page; None when it was erased meanwhile."""
    try:
        registration = await registration_of(UUID(payload["registration_id"]))
        return await collection_of(registration.page_id, now), registration
    except NotFound:
        return None


async def _note_registration(
    collection: Collection, registration: RegistrationView, now: datetime
) -> None:
    """Tell the group's members, without saying who registered."""
    key = f"registration:{registration.id}"
    group_id = registration.group_id
    await add_notice("registration", key, group_id, registration.id, collection.title, now)


@jobs.job(CONFIRMED_JOB)
async def confirmed(payload: jobs.Payload, now: datetime) -> None:
    if found := await _find(payload, now):
        await emails.send_confirmed(*found, now)
        await _note_registration(*found, now)


@jobs.job(AGAIN_JOB)
async def again(payload: jobs.Payload, now: datetime) -> None:
    if found := await _find(payload, now):
        await emails.send_again(*found, payload["hour"], now)


@jobs.job(CHANGED_JOB)
async def changed(payload: jobs.Payload, now: datetime) -> None:
    if found := await _find(payload, now):
        await emails.send_changed(*found, payload["at"], now)


@jobs.job(CANCELLED_JOB)
async def cancelled(payload: jobs.Payload, now: datetime) -> None:
    if found := await _find(payload, now):
        await emails.send_cancelled(*found, now)


@jobs.job(FULL_JOB)
async def plan_full(payload: jobs.Payload, now: datetime) -> None:
    collection = await collection_of(UUID(payload["page_id"]), now)
    await emails.send_plan_full(collection, payload["plan"], payload["allowed"])


@jobs.periodic("registrations.forget", "17 * * * *")
async def forget(_payload: jobs.Payload, now: datetime) -> None:
    await captcha.forget_used(now)
    await confirming.forget_unconfirmed(now)
