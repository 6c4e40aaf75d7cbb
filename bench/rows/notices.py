"""Ten thousand wait for one launch: how long after it every notice is queued, each once."""

import asyncio
import time
from datetime import UTC, datetime, timedelta
from uuid import UUID

import uvloop

from app.core import db
from app.core.clock import utc_now
from app.pages.loading import PageRecord
from bench.figures import report
from bench.processes import worker
from bench.sale import creator, database
from tests.factories.types import make_countdown

SIGN_UPS = 10_000
MOST_SECONDS = 10
# From when the page is made to its launch: so long it takes at most to write all who sign up.
BEFORE = timedelta(seconds=12)
PATIENCE_SECONDS = 30
# Where the links in the messages lead; nobody follows them here.
BASE = "http://127.0.0.1"


async def sign_up_many(page: PageRecord, now: datetime) -> None:
    """Write who waits as the form writes them, in one statement: signing up is not what is measured."""
    await db.execute(
        """INSERT INTO registration (id, page_id, organization_id, group_id, email, phone, name, quantity, answers,
             state, language, source, consent_text, consent_at, created_at, updated_at)
           SELECT gen_random_uuid(), $1, $2, $3, 'p' || n || '@example.com', '', '', 1, '{}', 'confirmed', 'en', '',
             'I agree.', $4, $4, $4 FROM generate_series(1, $5) n""",
        *(page.id, page.organization_id, page.group_id, now, SIGN_UPS),
    )


async def queued(page_id: UUID) -> tuple[int, int]:
    """Return how many notices are queued, and for how many people."""
    row = await db.fetch_one(
        "SELECT count(*) AS notices, count(DISTINCT subject_of) AS people FROM message WHERE topic_id = $1",
        page_id,
    )
    assert row is not None
    return row["notices"], row["people"]


async def until_queued(page_id: UUID, launch: float) -> float:
    """Return the seconds from the launch until all are queued, or until patience ends."""
    await asyncio.sleep(max(0, launch - time.time()))
    while (seconds := time.time() - launch) < PATIENCE_SECONDS:
        notices, _people = await queued(page_id)
        if notices >= SIGN_UPS:
            return seconds
        await asyncio.sleep(0.1)
    return PATIENCE_SECONDS


async def main() -> None:
    async with database():
        now = utc_now()
        launch = datetime.fromtimestamp((now + BEFORE).timestamp() // 1 + 1, UTC)
        page = await make_countdown(await creator(), now=now, target_in=launch - now)
        await sign_up_many(page, now)
        with worker(BASE):
            assert time.time() < launch.timestamp(), "signing up took too long"
            seconds = await until_queued(page.id, launch.timestamp())
            notices, people = await queued(page.id)
    name = f"{SIGN_UPS:,} sign-ups of one launch"
    report(f"{name}: all notices queued after", seconds, "<=", MOST_SECONDS, "s")
    report(f"{name}: notices twice or not at all", notices - people + SIGN_UPS - people, "=", 0)


if __name__ == "__main__":
    uvloop.run(main())
