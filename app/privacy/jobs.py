"""The jobs of privacy. Each calls one domain function."""

from datetime import datetime
from uuid import UUID

from app.core import jobs
from app.privacy import exporting, retaining


@jobs.periodic("privacy.retain", "43 3 * * *")
async def retain(_payload: jobs.Payload, now: datetime) -> None:
    await retaining.run(now)


@jobs.job(exporting.BUILD_JOB)
async def build_export(payload: jobs.Payload, now: datetime) -> None:
    await exporting.build_export(UUID(payload["export_id"]), now)
