from datetime import timedelta
from typing import Any, cast

import asyncpg
import pytest
from pgqueuer.models import Job

from app.core.requeueing import PatientQueries


class Away:
    """A driver whose database fails with `error`."""

    def __init__(self, error: Exception) -> None:
        self.error = error

    async def execute(self, *_: object) -> str:
        raise self.error


class Queue:
    id, entrypoint = 1, "orders.completed"


def _queries(error: Exception) -> PatientQueries:
    return PatientQueries(cast(Any, Away(error)))


async def test_a_job_that_can_not_be_queued_again_for_an_outage_is_left_to_its_heartbeat() -> None:
    queries = _queries(asyncpg.ConnectionDoesNotExistError("connection was closed"))
    await queries.retry_job(cast(Job, Queue()), timedelta(), None)


async def test_any_other_failure_is_still_a_failure() -> None:
    queries = _queries(asyncpg.UndefinedTableError("no queue"))
    with pytest.raises(asyncpg.UndefinedTableError):
        await queries.retry_job(cast(Job, Queue()), timedelta(), None)
