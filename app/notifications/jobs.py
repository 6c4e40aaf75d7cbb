"""The job that delivers messages."""

from datetime import datetime
from uuid import UUID

from app.core.jobs import Payload, job
from app.notifications.delivering import deliver
from app.notifications.sending import DELIVER


@job(DELIVER)
async def deliver_message(payload: Payload, now: datetime) -> None:
    await deliver(UUID(payload["message_id"]), now)
