from datetime import timedelta
from typing import Any, cast

import asyncpg
import pytest
from pgqueuer.models import Job

from app.core import requeueing
from app.core.requeueing import PatientQueries


class Away:
    """A driver whose database fails with `error`, the first `times`."""

    def __init__(self, error: Exception, times: int) -> None:
        self.error, self.times, self.done = error, times, 0

    async def execute(self, *_: object) -> str:
        if self.times:
            self.times -= 1
            raise self.error
        self.done += 1
        return "UPDATE 1"


class Queue:
    id, entrypoint = 1, "orders.completed"


OUTAGE = asyncpg.ConnectionDoesNotExistError("connection was closed")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(requeueing, "PAUSES_SECONDS", (0.0, 0.0, 0.0))


async def _retry(driver: Away) -> None:
    await PatientQueries(cast(Any, driver)).retry_job(cast(Job, Queue()), timedelta(), None)


async def test_a_short_outage_only_delays_a_jobs_next_try() -> None:
    driver = Away(OUTAGE, times=2)
    await _retry(driver)
    assert driver.done == 1


async def test_in_a_long_outage_a_job_is_left_to_its_heartbeat() -> None:
    driver = Away(OUTAGE, times=10)
    await _retry(driver)
    assert (driver.done, driver.times) == (0, 7)


async def test_any_other_failure_is_still_a_failure() -> None:
    with pytest.raises(asyncpg.UndefinedTableError):
        await _retry(Away(asyncpg.UndefinedTableError("no queue"), times=1))
