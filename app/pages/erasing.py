"""An organization's pages when it ends: first they retire, then what their creator wrote goes; the rows stay, for orders
and stock refer to them."""

from dataclasses import dataclass, replace
from datetime import datetime
from uuid import UUID

from app.core import db
from app.pages import ending, loading
from app.pages.lifecycle import Cause, State
from app.pages.queries import STATE
from app.pages.recording import record_transition, store_times, touch

RUNNING = (State.SCHEDULED, State.ACTIVE, State.PAUSED)
# What stands where a title was.
NO_TITLE = "\u2013"


@dataclass(frozen=True)
class PageCount:
    """How many pages there are, and how many of them the public can still come to."""

    all: int
    running: int


async def count_pages(
    organization_id: UUID, now: datetime, user_id: UUID | None = None
) -> PageCount:
    """Count an organization's pages, those that `user_id` made if given."""
    row = await db.fetch_one(
        f"""SELECT count(*) AS number, count(*) FILTER (WHERE {STATE} = ANY($4::text[])) AS running FROM page p
            WHERE p.organization_id = $2 AND ($3::uuid IS NULL OR p.user_id = $3)""",  # noqa: S608 - own text
        *(now, organization_id, user_id, [str(state) for state in RUNNING]),
    )
    return PageCount(row["number"], row["running"]) if row else PageCount(0, 0)


async def pages_of(organization_id: UUID) -> list[UUID]:
    rows = await db.fetch(
        "SELECT id FROM page WHERE organization_id = $1 ORDER BY id", organization_id
    )
    return [row["id"] for row in rows]


async def retire_all(organization_id: UUID, user_id: UUID, now: datetime) -> None:
    """End every page that the public can come to, in the caller's transaction; all of them answer "gone" from then on.
    Open checkouts keep their hold. Raises Conflict when a page changes at the same moment."""
    for page_id in await pages_of(organization_id):
        page = await loading.by_id(page_id)
        state = page.state(now)
        if state in (State.ACTIVE, State.PAUSED):
            await ending.end(page, user_id, now)
        elif state is State.SCHEDULED:
            await store_times(page, replace(page.times, ended_at=now), now, ended_cause=Cause.HAND)
            await record_transition(page.id, state, State.EXPIRED, now, Cause.HAND, now, user_id)
        await db.execute(
            """UPDATE page SET afterlife = '{"action": "message", "gone_after_days": 0}' WHERE id = $1""",
            page_id,
        )
        await touch(page_id)


async def erase_pages(organization_id: UUID) -> list[str]:
    """Erase what was written on the pages of an organization that has retired, in the caller's transaction; return the
    folders of their objects."""
    for table in ("page_draft", "page_change", "share_link", "page_content"):
        await db.execute(
            f"DELETE FROM {table} t USING page p WHERE p.id = t.page_id AND p.organization_id = $1",  # noqa: S608 - own text
            organization_id,
        )
    # A copy may show a cover out of the folder of a draft that is deleted.
    covers = await db.fetch(
        """SELECT DISTINCT split_part(cover_key, '/assets/', 1) || '/' AS folder FROM page
           WHERE organization_id = $1 AND cover_key LIKE '%/assets/%'""",
        organization_id,
    )
    rows = await db.fetch(
        """UPDATE page SET title = $2, description = '', settings = '{}', theme = '{}', cover_key = NULL, cover_size = 0,
             afterlife = '{"action": "message", "gone_after_days": 0}', suspended_reason = '', successor_id = NULL
           WHERE organization_id = $1 RETURNING id, user_id""",
        *(organization_id, NO_TITLE),
    )
    for row in rows:
        await touch(row["id"])
    own = [f"users/{row['user_id']}/pages/{row['id']}/" for row in rows]
    return sorted({*own, *(row["folder"] for row in covers)})
