"""Visits added up for reports. The caller has checked the group."""

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db

# Added up three ways at once: None is what a row is not told apart by.
SUMMED = "GROUPING SETS ((bucket), (page_id, past), (kind, source, past))"
EACH = "bucket, page_id, kind, source, past"


@dataclass(frozen=True)
class Seen:
    """Visits. `views` and `visitors` are of the page itself, `shown` is how often frames on other sites showed it. A visitor
    counts once a day, under the source of the day's first visit. `bucket` counts from 1, 0 is what came before the first (`past`)."""

    bucket: int | None
    page_id: UUID | None
    kind: str | None
    source: str | None
    past: bool | None
    views: int
    visitors: int
    shown: int


async def seen_by(
    page_ids: Collection[UUID], since: datetime, edges: Sequence[datetime], *, each: bool = False
) -> list[Seen]:
    """Return the visits of pages since `since`, and between each two of `edges`; the last of these is the end. One
    statement. `each` tells all apart at once."""
    rows = await db.fetch(
        f"""SELECT bucket, page_id, kind, source, past,
              coalesce(sum(views) FILTER (WHERE kind <> 'frame'), 0)::bigint AS views, sum(visitors)::bigint AS visitors,
              coalesce(sum(views) FILTER (WHERE kind = 'frame'), 0)::bigint AS shown
            FROM (SELECT *, width_bucket(at, $3::timestamptz[]) AS bucket, at < ($3::timestamptz[])[1] AS past
              FROM visit_count WHERE page_id = ANY($1::uuid[]) AND at >= $2 AND at < $4) v
            GROUP BY {EACH if each else SUMMED}""",  # noqa: S608 - own constants
        list(page_ids),
        since,
        list(edges[:-1]),
        edges[-1],
    )
    return [Seen(**dict(row)) for row in rows]


@dataclass(frozen=True)
class Now:
    """Who looks at pages: visitors by page, views by minute (the last one last), and how many visitors in all; one who is
    on two pages is one."""

    by_page: dict[UUID, int]
    by_minute: list[int]
    visitors: int


async def seen_now(
    page_ids: Collection[UUID], present: datetime, minutes: Sequence[datetime]
) -> Now:
    """Return the visitors since `present`, and the views in each minute that begins at one of `minutes`. One statement."""
    rows = await db.fetch(
        """SELECT page_id, minute, sum(views)::bigint AS views, count(DISTINCT visitor) FILTER (WHERE at >= $2) AS visitors
           FROM (SELECT *, width_bucket(at, $3::timestamptz[]) AS minute FROM visit
             WHERE page_id = ANY($1::uuid[]) AND at >= ($3::timestamptz[])[1] AND kind <> 'frame') v
           GROUP BY GROUPING SETS ((page_id), (minute), ())""",
        *(list(page_ids), present, list(minutes)),
    )
    by_page = {row["page_id"]: row["visitors"] for row in rows if row["page_id"] is not None}
    views = {row["minute"]: row["views"] for row in rows if row["minute"] is not None}
    everybody = [row for row in rows if row["page_id"] is None and row["minute"] is None]
    by_minute = [views.get(number, 0) for number in range(1, len(minutes) + 1)]
    return Now(by_page, by_minute, everybody[0]["visitors"])
