"""Jobs of notices."""

from datetime import datetime

from app.core import jobs
from app.notices.telling import tell_waiting


@jobs.periodic("notices.tell", "* * * * *")
async def tell(_payload: jobs.Payload, now: datetime) -> None:
    await tell_waiting(now)
