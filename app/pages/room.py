"""What an organization's plan counts of its pages, and whether one more fits."""

from datetime import datetime
from uuid import UUID

from app.billing.limits import Limit, ensure_room
from app.core.clock import utc_now
from app.core.db import fetch_value
from app.pages.queries import STATE


async def count_pages(organization_id: UUID, now: datetime) -> int:
    """Return how many pages of the organization are scheduled or running; paused ones run."""
    return await fetch_value(
        f"""SELECT count(*) FROM page p WHERE p.organization_id = $2
            AND {STATE} IN ('scheduled', 'active', 'paused')""",  # noqa: S608 - own text
        *(now, organization_id),
    )


async def count_pages_now(organization_id: UUID) -> int:
    """Return the same at this moment, for the console."""
    return await count_pages(organization_id, utc_now())


async def cover_bytes(organization_id: UUID) -> int:
    """Return how large the covers of the organization's pages are together; a page run again shares its cover."""
    return await fetch_value(
        """SELECT coalesce(sum(size), 0)::bigint FROM (
             SELECT max(cover_size) AS size FROM page WHERE organization_id = $1 AND cover_key IS NOT NULL
             GROUP BY cover_key) c""",
        organization_id,
    )


async def ensure_room_for_pages(organization_id: UUID, now: datetime) -> None:
    """Raise LimitReached when the pages, those that this transaction has just brought out too, are too many."""

    async def count() -> int:
        return await count_pages(organization_id, now)

    await ensure_room(organization_id, Limit.ACTIVE_PAGES, used=count, adding=0, now=now)
