"""The jobs of privacy. Each calls one domain function."""

from datetime import datetime
from uuid import UUID

from app.auth.resetting import PROVEN
from app.core import jobs
from app.privacy import ending, erasing, exporting, retaining


@jobs.periodic("privacy.retain", "43 3 * * *")
async def retain(_payload: jobs.Payload, now: datetime) -> None:
    await retaining.run(now)


@jobs.job(exporting.BUILD_JOB)
async def build_export(payload: jobs.Payload, now: datetime) -> None:
    await exporting.build_export(UUID(payload["export_id"]), now)


@jobs.job(ending.CLOSE_JOB)
async def close_account(payload: jobs.Payload, now: datetime) -> None:
    await erasing.close(UUID(payload["erasure_id"]), now)


@jobs.job(PROVEN)
async def keep_proven(payload: jobs.Payload, now: datetime) -> None:
    """The end of an account that was asked for before its address was proven is not its owner's wish."""
    found = await ending.open_erasure(UUID(payload["user_id"]))
    if found is not None:
        await ending.keep(found, now)


@jobs.job(erasing.FINISH_JOB)
async def finish_erasure(payload: jobs.Payload, now: datetime) -> None:
    await erasing.finish(UUID(payload["erasure_id"]), now)


@jobs.periodic("privacy.close_overdue", "37 * * * *")
async def close_overdue(_payload: jobs.Payload, now: datetime) -> None:
    """What a lost job would have done."""
    for erasure_id in await ending.overdue(now):
        await erasing.close(erasure_id, now)
        await erasing.finish(erasure_id, now)
