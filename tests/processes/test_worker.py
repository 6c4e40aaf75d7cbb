"""A worker whose queue broke takes its own jobs up again, and leaves others' alone."""

from typing import Any
from uuid import uuid4

from app.core import db, jobs
from app.worker import release_picked

PICKED = "UPDATE pgqueuer SET status = 'picked', queue_manager_id = $2 WHERE entrypoint = $1 RETURNING id"


async def test_what_a_broken_queue_had_picked_is_free_at_once(app: Any) -> None:
    own, other = uuid4(), uuid4()
    for name, manager in (("test.own", own), ("test.other", other)):
        await jobs.enqueue(name, {})
        assert await db.fetch(PICKED, name, manager)
    assert await release_picked([own]) == 1
    rows = await db.fetch("SELECT entrypoint, status FROM pgqueuer ORDER BY entrypoint")
    assert [(row["entrypoint"], row["status"]) for row in rows] == [
        ("test.other", "picked"),
        ("test.own", "queued"),
    ]
