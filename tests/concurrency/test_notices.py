"""Ten thousand who want to hear of one launch, and a worker that is killed while it writes to them."""

import asyncio
import os
import sys
from collections.abc import Generator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any
from uuid import UUID

from app.core import db
from app.registrations import mailing, noticing
from app.sandbox.process import Child
from tests.factories.types import make_countdown

SIGN_UPS = 10_000
PATIENCE_SECONDS = 90


async def sign_up_many(page_id: UUID, group_id: UUID, now: Any) -> None:
    await db.execute(
        """INSERT INTO registration (id, page_id, organization_id, group_id, email, phone, name, quantity, answers,
             state, language, source, consent_text, consent_at, created_at, updated_at)
           SELECT gen_random_uuid(), $1, $2, $2, 'p' || n || '@example.com', '', '', 1, '{}', 'confirmed', 'en', '',
             'I agree.', $3, $3, $3 FROM generate_series(1, $4) n""",
        *(page_id, group_id, now, SIGN_UPS),
    )


async def queued() -> int:
    return await db.fetch_value("SELECT count(*) FROM message WHERE name = 'launch-notice'")


async def until(least: int) -> int:
    for _step in range(PATIENCE_SECONDS * 20):
        found = await queued()
        if found >= least:
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"Only {await queued()} of {least} are queued.")


@contextmanager
def working() -> Generator[Child]:
    # One message a second leaves: this is about the queue, not about the mail server.
    child = Child(
        [sys.executable, "-m", "app.worker"],
        env={**os.environ, "MAYFLY_MESSAGES_PER_SECOND": "1", "MAYFLY_POOL_MAX": "10"},
    )
    try:
        yield child
    finally:
        child.stop()


async def test_none_is_lost_and_none_comes_twice(owner: Any, clock: Any) -> None:
    page = await make_countdown(owner.viewer, now=clock.now())
    await sign_up_many(page.id, page.group_id, clock.now())
    await db.execute("DELETE FROM pgqueuer")
    clock.advance(timedelta(hours=1))
    await noticing.moment_came(page.id, "reached", clock.now(), clock.now())
    with working() as first:
        await until(mailing.BATCH)
        first.process.kill()
        first.process.wait()
    assert mailing.BATCH <= await queued() < SIGN_UPS, "it was killed in the middle"
    await mailing.resume(clock.now() + mailing.FORGOTTEN_AFTER)
    with working():
        await until(SIGN_UPS)
        await asyncio.sleep(0.5)
    row = await db.fetch_one(
        """SELECT count(*) AS all, count(DISTINCT recipient) AS people, count(*) FILTER (WHERE state = 'sent') AS sent
           FROM message WHERE name = 'launch-notice'"""
    )
    assert row is not None
    assert (row["all"], row["people"]) == (SIGN_UPS, SIGN_UPS)
    unserved = await db.fetch_value(
        """SELECT count(*) FROM (SELECT id::text FROM message WHERE name = 'launch-notice' AND state = 'queued'
             EXCEPT SELECT convert_from(payload, 'UTF8')::jsonb #>> '{data,message_id}' FROM pgqueuer
             WHERE entrypoint = 'notifications.deliver') left_alone"""
    )
    assert unserved == 0, "a message that nothing will send"
    finished = await db.fetch_one("SELECT queued, finished_at FROM mailing")
    assert finished is not None
    assert finished["queued"] == SIGN_UPS
    assert finished["finished_at"] is not None
