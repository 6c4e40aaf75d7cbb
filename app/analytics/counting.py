"""Counting visits: a sink for what pages note, in a handful of statements a second however many come."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

from app.core import db
from app.pages.sources import Kind
from app.pages.visiting import Visit

QUARTER = timedelta(minutes=15)
EPOCH = datetime(2000, 1, 1, tzinfo=UTC)

_SEEN = """
INSERT INTO visit_seen (id, seen_at) SELECT * FROM unnest($1::uuid[], $2::timestamptz[]) AS s (id, at) ORDER BY id
ON CONFLICT (id) DO NOTHING RETURNING id"""
_VISIT = """
INSERT INTO visit (id, at, page_id, visitor, kind, source, views)
SELECT gen_random_uuid(), v.* FROM unnest($1::timestamptz[], $2::uuid[], $3::uuid[], $4::text[], $5::text[], $6::int[]) AS v"""
# Several processes count at once: rows are locked in one order.
_COUNT = """
INSERT INTO visit_count AS c (page_id, at, kind, source, views, visitors, arrivals)
SELECT * FROM unnest($1::uuid[], $2::timestamptz[], $3::text[], $4::text[], $5::bigint[], $6::bigint[], $7::bigint[])
  AS v (page_id, at, kind, source, views, visitors, arrivals) ORDER BY page_id, at, kind, source
ON CONFLICT (page_id, at, kind, source) DO UPDATE SET views = c.views + excluded.views,
  visitors = c.visitors + excluded.visitors, arrivals = c.arrivals + excluded.arrivals"""

Place = tuple[UUID, datetime, str, str]


async def count_visits(seen: Sequence[Visit]) -> None:
    """Keep the visits and add them up; three statements in one transaction."""
    if not seen:
        return
    marks = [_marks(visit) for visit in seen]
    async with db.transaction():
        fresh = await _first_seen(seen, marks)
        await db.execute(
            _VISIT,
            [visit.at for visit in seen],
            [visit.page_id for visit in seen],
            [visit.visitor for visit in seen],
            [visit.source.kind.value for visit in seen],
            [visit.source.name for visit in seen],
            [visit.views for visit in seen],
        )
        counts = _added_up(seen, marks, fresh)
        columns = zip(*((*place, *sums) for place, sums in counts.items()), strict=True)
        await db.execute(_COUNT, *map(list, columns))


async def _first_seen(seen: Sequence[Visit], marks: Sequence[tuple[UUID, ...]]) -> set[UUID]:
    """Note who was seen, and return the marks that are new today."""
    times = {mark: visit.at for visit, own in zip(seen, marks, strict=True) for mark in own}
    rows = await db.fetch(_SEEN, list(times), list(times.values()))
    return {row["id"] for row in rows}


def _added_up(
    seen: Sequence[Visit], marks: Sequence[tuple[UUID, ...]], fresh: set[UUID]
) -> dict[Place, tuple[int, int, int]]:
    """Return views, visitors and arrivals by place. Each fresh mark counts where it comes first."""
    counts: dict[Place, tuple[int, int, int]] = {}
    for visit, (by_source, *on_page) in zip(seen, marks, strict=True):
        place = (visit.page_id, quarter_of(visit.at), visit.source.kind.value, visit.source.name)
        views, visitors, arrivals = counts.get(place, (0, 0, 0))
        came = len(fresh.intersection(on_page))
        counts[place] = (views + visit.views, visitors + came, arrivals + (by_source in fresh))
        fresh.difference_update((by_source, *on_page))
    return counts


def quarter_of(moment: datetime) -> datetime:
    """Return the beginning of the quarter of an hour that `moment` is in."""
    return moment - (moment - EPOCH) % QUARTER


def _marks(visit: Visit) -> tuple[UUID, ...]:
    """Return what stands for a visitor's day on a page: from the source, and at all. Who saw no more than a frame on
    another site was not on the page."""
    who = visit.visitor.bytes + visit.page_id.bytes
    source = f"{visit.source.kind}/{visit.source.name}".encode()
    by_source, on_page = _digest(who + source), _digest(who)
    return (by_source,) if visit.source.kind is Kind.FRAME else (by_source, on_page)


def _digest(said: bytes) -> UUID:
    return UUID(bytes=hashlib.blake2b(said, digest_size=16).digest())
