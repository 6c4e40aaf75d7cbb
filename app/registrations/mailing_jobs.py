"""Jobs of messages to everyone on a page."""

from datetime import datetime
from uuid import UUID

from app.core import jobs
from app.pages import telling
from app.registrations import mailing, noticing, reminding


@jobs.job(mailing.BATCH_JOB)
async def send_batch(payload: jobs.Payload, now: datetime) -> None:
    await mailing.send_batch(UUID(payload["mailing_id"]), now)


@jobs.periodic("registrations.resume_mailings", "* * * * *")
async def resume(_payload: jobs.Payload, now: datetime) -> None:
    await mailing.resume(now)


@jobs.job(reminding.JOB)
async def remind(payload: jobs.Payload, now: datetime) -> None:
    starts_at = datetime.fromisoformat(payload["starts_at"])
    await reminding.remind(UUID(payload["page_id"]), payload["minutes"], starts_at, now)


async def on_transition(payload: jobs.Payload, now: datetime) -> None:
    page_id, at = UUID(payload["page_id"]), datetime.fromisoformat(payload["at"])
    await noticing.moment_came(page_id, payload["to"], at, now)
    await noticing.plan_changed(page_id, now)
    await reminding.plan(page_id, now, since=at)


async def on_changed_times(payload: jobs.Payload, now: datetime) -> None:
    page_id = UUID(payload["page_id"])
    await noticing.plan_changed(page_id, now)
    await reminding.plan(page_id, now, since=now)


jobs.on_event(telling.TRANSITION, on_transition)
jobs.on_event(telling.CHANGED_TIMES, on_changed_times)
