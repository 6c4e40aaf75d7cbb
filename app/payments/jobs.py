"""Jobs of payments: what the inbox received is processed."""

from datetime import datetime

from app.core import jobs
from app.payments import inbox


@jobs.job("payments.process")
async def process(payload: jobs.Payload, now: datetime) -> None:
    await inbox.process(payload["event_id"], now)
