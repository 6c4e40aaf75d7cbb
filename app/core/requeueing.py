"""A job whose try failed goes back into the queue, also when the database is away at that very moment."""

import asyncio
from datetime import timedelta

import structlog
from pgqueuer.models import Job, TracebackRecord
from pgqueuer.queries import Queries

from app.core.outages import is_outage

# Most outages are a broken connection, or a server that restarts.
PAUSES_SECONDS = (0.2, 0.5, 1.0, 2.0, 0.0)

log = structlog.get_logger()


class PatientQueries(Queries):
    """pgqueuer's statements, but what can't be put back is left where it is.

    pgqueuer itself takes a failure to queue a job again for the job's own last failure: a job that failed because the
    database went away would be held as a dead letter after one try. After some tries it is left as picked, and taken up
    again as soon as its heartbeat is too old.
    """

    async def retry_job(
        self, job: Job, delay: timedelta, traceback_record: TracebackRecord | None
    ) -> None:
        for pause in PAUSES_SECONDS:
            try:
                await super().retry_job(job, delay, traceback_record)
            except Exception as error:
                if not is_outage(error):
                    raise
                await asyncio.sleep(pause)
            else:
                return
        log.warning("job.left_to_its_heartbeat", job=job.id, name=job.entrypoint)
