"""Delivery on the real server, and what happens when it is away, refuses, or is asked twice."""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from app.core import db
from app.core.clock import ManualClock
from app.core.settings import get_settings
from app.notifications.delivering import DELAYS, LEASE, deliver, retry
from app.notifications.queries import messages_about
from app.notifications.sending import send_email
from tests.conftest import Inbox
from tests.support.aliases import RunJobs

CONTEXT = {"name": "Nora"}


async def queue(to: str, about: UUID | None = None) -> UUID:
    id = await send_email(to, "account-exists", CONTEXT, key=f"test:{to}", subject_of=about)
    assert id is not None
    return id


@pytest.fixture
def mail_down(monkeypatch: pytest.MonkeyPatch):
    port = get_settings().smtp_port
    monkeypatch.setattr(get_settings(), "smtp_port", 1)
    return lambda: monkeypatch.setattr(get_settings(), "smtp_port", port)


async def test_delivering_again_sends_nothing(
    app: Any, run_jobs: RunJobs, inbox: Inbox, now: datetime
) -> None:
    id = await queue("again@example.com")
    await run_jobs()
    await deliver(id, now)
    await deliver(id, now + timedelta(days=1))
    await asyncio.gather(deliver(id, now), deliver(id, now))
    assert len(await inbox("again@example.com")) == 1
    assert await run_jobs() == 0


async def test_two_workers_at_once_send_one(app: Any, inbox: Inbox, now: datetime) -> None:
    id = await queue("twice@example.com")
    await asyncio.gather(*(deliver(id, now) for _ in range(4)))
    assert len(await inbox("twice@example.com")) == 1


async def test_a_server_that_is_away_is_tried_again(
    app: Any, clock: ManualClock, run_jobs: RunJobs, inbox: Inbox, mail_down: Callable[[], None]
) -> None:
    id = await queue("later@example.com", about := UUID(int=7))
    assert await run_jobs() == 1
    [fate] = await messages_about(about)
    assert (fate.state, fate.attempts) == ("queued", 1)
    assert "can't be reached" in fate.reason
    assert await run_jobs() == 0
    mail_down()
    clock.advance(DELAYS[0])
    assert await run_jobs() == 1
    [fate] = await messages_about(about)
    assert (fate.id, fate.state, fate.attempts, fate.reason) == (id, "sent", 2, "")
    assert len(await inbox("later@example.com")) == 1


async def test_in_the_end_it_is_given_up_with_its_reason_and_can_be_retried(
    app: Any, clock: ManualClock, run_jobs: RunJobs, inbox: Inbox, mail_down: Callable[[], None]
) -> None:
    id = await queue("never@example.com")
    for delay in (*DELAYS, timedelta()):
        assert await run_jobs() == 1
        clock.advance(delay)
    row = await db.fetch_one("SELECT state, attempts, reason FROM message")
    assert row is not None
    assert (row["state"], row["attempts"]) == ("failed", len(DELAYS) + 1)
    assert row["reason"]
    clock.advance(timedelta(days=2))
    assert await run_jobs() == 0
    mail_down()
    assert await retry(id)
    assert not await retry(id)
    assert await run_jobs() == 1
    assert len(await inbox("never@example.com")) == 1
    assert not await retry(id)


async def test_an_address_that_is_none_fails_at_once(app: Any, run_jobs: RunJobs) -> None:
    await queue("not an address")
    assert await run_jobs() == 1
    row = await db.fetch_one("SELECT state, attempts, reason FROM message")
    assert row is not None
    assert (row["state"], row["attempts"]) == ("failed", 1)
    assert "not an address" in row["reason"]


async def test_a_message_whose_worker_died_is_taken_over(
    app: Any, clock: ManualClock, run_jobs: RunJobs, inbox: Inbox
) -> None:
    id = await queue("orphan@example.com")
    await db.execute(
        "UPDATE message SET state = 'sending', claimed_at = $1, attempts = 1", clock.now()
    )
    assert await run_jobs() == 1
    assert await inbox("orphan@example.com") == []
    clock.advance(LEASE)
    assert await run_jobs() == 1
    [mail] = await inbox("orphan@example.com")
    assert mail["headers"]["Message-ID"].startswith(f"<{id}@")
