"""One message to everyone on a page, in batches: each batch and its place in the list are one transaction, so that a
worker that dies loses nothing and repeats nothing."""

import hashlib
import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db, jobs
from app.core.errors import NotFound
from app.core.ids import new_id
from app.core.settings import get_settings
from app.notifications.batching import queue_batch
from app.pages.collecting import collection_of
from app.pages.suspending import is_suspended
from app.registrations.letters import LETTERS, batches_of
from app.registrations.queries import COLUMNS, read_registration
from app.registrations.tables import FIRST

BATCH_JOB = "registrations.mailing"
BATCH = 500
# A mailing whose batch job was lost goes on after this long.
FORGOTTEN_AFTER = timedelta(minutes=2)
_PACE_LOCK = int.from_bytes(hashlib.blake2b(b"pace", digest_size=8).digest(), "big", signed=True)


async def start(
    page_id: UUID,
    kind: str,
    key: str,
    now: datetime,
    *,
    before: datetime,
    details: Mapping[str, object] | None = None,
) -> bool:
    """Begin to tell everyone who registered `before` a moment; joins the caller's transaction.

    `kind` is one of LETTERS, `key` makes it one of a kind. False when it was begun already.
    """
    async with db.transaction():
        mailing_id = new_id()
        begun = await db.execute(
            """INSERT INTO mailing (id, key, page_id, kind, details, before, after, queued, paced_until, started_at)
               VALUES ($1, $2, $3, $4, $5::jsonb, $6, $7, 0, $8, $8) ON CONFLICT (key) DO NOTHING""",
            *(mailing_id, key, page_id, kind, json.dumps(details or {}), before, FIRST, now),
        )
        if begun:
            await jobs.enqueue(BATCH_JOB, {"mailing_id": mailing_id})
    return bool(begun)


async def send_batch(mailing_id: UUID, now: datetime) -> int:
    """Queue the next batch of a mailing and the job for the one after it; return how many registrations it served."""
    async with db.transaction():
        # One at a time, whatever they are about: together they keep to the operator's rate.
        await db.execute("SELECT pg_advisory_xact_lock($1)", _PACE_LOCK)
        mailing = await db.fetch_one(
            "SELECT * FROM mailing WHERE id = $1 AND finished_at IS NULL FOR UPDATE", mailing_id
        )
        if mailing is None or await is_suspended(mailing["page_id"]):
            return 0  # a suspended page's messages wait: `resume` looks again
        rows = await _next(mailing)
        queued, until = await _queue(mailing, rows, now)
        await db.execute(
            """UPDATE mailing SET after = $2, queued = queued + $3, paced_until = $4,
                 finished_at = CASE WHEN $5 THEN $6::timestamptz END WHERE id = $1""",
            *(mailing_id, rows[-1]["id"] if rows else mailing["after"], queued, until),
            *(len(rows) < BATCH, now),
        )
        if len(rows) == BATCH:
            await jobs.enqueue(BATCH_JOB, {"mailing_id": mailing_id})
    return len(rows)


async def _next(mailing: db.Record) -> list[db.Record]:
    letter = LETTERS[mailing["kind"]]
    return await db.fetch(
        f"""SELECT {COLUMNS} FROM registration r WHERE r.page_id = $1 AND r.id > $2 AND r.created_at <= $3
            AND r.state = ANY($4::text[]) ORDER BY r.id LIMIT $5""",  # noqa: S608 - own constants
        *(mailing["page_id"], mailing["after"], mailing["before"], list(letter.states), BATCH),
    )


async def _queue(mailing: db.Record, rows: list[db.Record], now: datetime) -> tuple[int, datetime]:
    """Queue a batch behind everything that is under way; return how many messages, and when the next may leave."""
    latest = await db.fetch_value("SELECT max(paced_until) FROM mailing")
    until, queued = max(now, latest), 0
    if not rows:
        return queued, until
    try:
        collection = await collection_of(mailing["page_id"], now)
    except NotFound:
        return queued, until
    registrations = [read_registration(row) for row in rows]
    details = json.loads(mailing["details"])
    letter, rate = LETTERS[mailing["kind"]], get_settings().messages_per_second
    for batch, recipients in batches_of(
        letter, collection, registrations, mailing["id"], details, now
    ):
        more, until = await queue_batch(batch, recipients, now, first_at=until, rate=rate)
        queued += more
    return queued, until


async def resume(now: datetime) -> None:
    """Go on with mailings that stand still; one that is under way is not disturbed by it."""
    rows = await db.fetch(
        "SELECT id FROM mailing WHERE finished_at IS NULL AND started_at <= $1",
        now - FORGOTTEN_AFTER,
    )
    for row in rows:
        key = f"{BATCH_JOB}:{row['id']}"
        await jobs.enqueue(BATCH_JOB, {"mailing_id": row["id"]}, dedupe=key)
