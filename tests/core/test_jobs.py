import asyncio
from datetime import datetime, timedelta
from typing import Any

import pytest

from app.core import jobs
from app.core.db import transaction
from tests.support.patience import PATIENCE_SECONDS


@pytest.fixture
def ran(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the job `test.note` was given, in order."""
    notes: list[dict[str, Any]] = []

    async def note(payload: jobs.Payload, now: datetime) -> None:
        notes.append(payload)

    monkeypatch.setitem(jobs.registry.handlers, "test.note", note)
    return notes


async def test_a_job_of_a_transaction_that_fails_never_was(
    app: Any, clock: Any, ran: list[dict[str, Any]]
) -> None:
    with pytest.raises(RuntimeError, match="no"):
        async with transaction():
            await jobs.enqueue("test.note", {"n": 1})
            raise RuntimeError("no")
    async with transaction():
        await jobs.enqueue("test.note", {"n": 2})
    assert await jobs.drain(clock.now()) == 1
    assert ran == [{"n": 2}]


async def test_a_later_job_waits_for_its_time(
    app: Any, clock: Any, ran: list[dict[str, Any]]
) -> None:
    await jobs.enqueue("test.note", {"n": 1}, run_at=clock.now() + timedelta(minutes=5))
    assert await jobs.drain(clock.now()) == 0
    assert await jobs.drain(clock.advance(timedelta(minutes=5))) == 1


async def test_jobs_with_one_key_are_queued_once(
    app: Any, clock: Any, ran: list[dict[str, Any]]
) -> None:
    for _ in range(3):
        await jobs.enqueue("test.note", {"n": 1}, dedupe="once")
    assert await jobs.drain(clock.now()) == 1


async def test_the_worker_runs_jobs_retries_them_and_keeps_what_gives_up(
    app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    tries: list[int] = []
    done = asyncio.Event()

    async def flaky(payload: jobs.Payload, now: datetime) -> None:
        tries.append(payload["n"])
        if len(tries) < 3:
            raise ValueError("not yet")
        done.set()

    async def hopeless(payload: jobs.Payload, now: datetime) -> None:
        raise ValueError("never")

    from app.worker import serve_queue

    monkeypatch.setitem(jobs.registry.handlers, "test.flaky", flaky)
    monkeypatch.setitem(jobs.registry.handlers, "test.hopeless", hopeless)
    monkeypatch.setattr(jobs, "FIRST_DELAY", timedelta(milliseconds=1))
    monkeypatch.setattr(jobs, "ATTEMPTS", 3)
    await jobs.enqueue("test.flaky", {"n": 1})
    await jobs.enqueue("test.hopeless", {"n": 2})
    stop = asyncio.Event()
    worker = asyncio.create_task(serve_queue(stop))
    async with asyncio.timeout(PATIENCE_SECONDS):
        await done.wait()
        while not (dead := await jobs.dead_letters()):
            await asyncio.sleep(0.02)
    stop.set()
    await worker
    assert tries == [1, 1, 1]
    assert [(letter.name, letter.payload, letter.reason) for letter in dead] == [
        ("test.hopeless", {"n": 2}, "never")
    ]
    assert await jobs.retry_dead_letter(dead[0].id)
    assert not await jobs.retry_dead_letter(dead[0].id)
    assert await jobs.dead_letters() == []
