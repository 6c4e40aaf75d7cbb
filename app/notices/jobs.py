"""Jobs of notices."""

from datetime import datetime

from app.core import jobs
from app.notices.telling import forget_told, tell_waiting


@jobs.periodic("notices.tell", "* * * * *")
async def tell(_payload: jobs.Payload, now: datetime) -> None:
    await tell_waiting(now)


@jobs.periodic("notices.forget", "41 3 * * *")
async def forget(_payload: jobs.Payload, now: datetime) -> None:
    await forget_told(now)
