"""Jobs of rehearsals."""

from datetime import datetime
from uuid import UUID

from app.core import jobs
from app.rehearsal import running
from app.rehearsal.asking import PLAY_JOB


@jobs.job(PLAY_JOB)
async def play(payload: jobs.Payload, now: datetime) -> None:
    await running.run(UUID(payload["rehearsal_id"]), now)


@jobs.periodic("rehearsal.sweep", "* * * * *")
async def sweep(_payload: jobs.Payload, now: datetime) -> None:
    await running.sweep(now)
