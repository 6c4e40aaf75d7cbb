"""Who signed up on pages, added up by time, by page and by source; cancelled ones don't count."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db

# Added up three ways at once: None is what a row is not told apart by.
SUMMED = "GROUPING SETS ((bucket), (page_id, past), (source, past))"
EACH = "bucket, page_id, source, past"


@dataclass(frozen=True)
class SignedUp:
    """How many registrations stand, those that wait included. `bucket` counts from 1 which of the times asked for they
    came in, 0 is before the first (`past`)."""

    bucket: int | None
    page_id: UUID | None
    source: str | None
    past: bool | None
    signups: int


async def signed_up_by(
    page_ids: Collection[UUID], since: datetime, edges: Sequence[datetime], *, each: bool = False
) -> list[SignedUp]:
    """Return who signed up on pages since `since`, and between each two of `edges`; the last of these is the end. One
    statement.

    `each` tells all apart at once. The caller has checked the group.
    """
    rows = await db.fetch(
        f"""SELECT bucket, page_id, source, past, count(*) AS signups FROM (
              SELECT page_id, source, width_bucket(created_at, $3::timestamptz[]) AS bucket,
                created_at < ($3::timestamptz[])[1] AS past
              FROM registration WHERE page_id = ANY($1::uuid[]) AND created_at >= $2 AND created_at < $4
                AND state <> 'cancelled') r
            GROUP BY {EACH if each else SUMMED}""",  # noqa: S608 - own constants
        list(page_ids),
        since,
        list(edges[:-1]),
        edges[-1],
    )
    return [SignedUp(**dict(row)) for row in rows]


async def signed_up_since(page_ids: Collection[UUID], since: datetime) -> dict[UUID, int]:
    """Return how many signed up since then, by page. The caller has checked the group."""
    rows = await db.fetch(
        """SELECT page_id, count(*) AS signups FROM registration WHERE page_id = ANY($1::uuid[]) AND created_at >= $2
             AND state <> 'cancelled' GROUP BY page_id""",
        *(list(page_ids), since),
    )
    return {row["page_id"]: row["signups"] for row in rows}
