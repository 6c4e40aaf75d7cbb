"""The jobs of accounts."""

from datetime import datetime

from app.auth.resetting import JOB, send_reset_link
from app.core.jobs import Payload, job


@job(JOB)
async def mail_reset_link(payload: Payload, now: datetime) -> None:
    await send_reset_link(payload["email"], payload["ip"], payload["request_id"], now)
