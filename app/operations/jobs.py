"""Jobs of operations: the invariants are checked all the time, not only by tests."""

from datetime import datetime

from app.core import jobs
from app.operations import invariants, reporting


@jobs.periodic("operations.keep_invariants", "*/10 * * * *")
async def keep_invariants(_payload: jobs.Payload, now: datetime) -> None:
    await reporting.store(await invariants.keep(now))
