"""The jobs of analytics."""

from datetime import datetime

from app.analytics import forgetting
from app.core.jobs import Payload, periodic


@periodic("analytics.forget_seen", "29 3 * * *")
async def forget_seen(_payload: Payload, now: datetime) -> None:
    await forgetting.forget_seen(now)
