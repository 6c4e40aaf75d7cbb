"""Counting the visits by share links: in batches, visitors once a day, with nothing kept that leads back to them."""

import hashlib
from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db
from app.core.ids import new_id
from app.pages.arriving import EMBEDDED
from app.pages.sources import Kind
from app.pages.visiting import Visit
from app.pages.visitors import forget_salts

# A visitor is known again on the same day alone; a day more for clocks and zones.
KNOWN_FOR = timedelta(days=2)

# A frame's visitors come by a link that nobody made.
_MAKE = """
INSERT INTO share_link (id, page_id, user_id, source, created_at)
SELECT s.id, p.id, p.user_id, $3, $4 FROM unnest($1::uuid[], $2::uuid[]) AS s (id, page_id) JOIN page p ON p.id = s.page_id
ON CONFLICT (page_id, source) DO NOTHING"""

# Several processes count at once: rows are locked in the order of their ids.
_COUNT = """
WITH seen AS MATERIALIZED (
  SELECT l.id, s.visitor, s.at, s.views FROM unnest($1::uuid[], $2::text[], $3::uuid[], $4::timestamptz[], $5::int[])
    AS s (page_id, source, visitor, at, views) JOIN share_link l ON l.page_id = s.page_id AND l.source = s.source),
locked AS MATERIALIZED (
  SELECT id FROM share_link WHERE id IN (SELECT id FROM seen) ORDER BY id FOR NO KEY UPDATE),
fresh AS (
  INSERT INTO share_link_visitor (id, link_id, seen_at)
  SELECT DISTINCT ON (visitor) visitor, id, at FROM seen WHERE EXISTS (SELECT 1 FROM locked) ORDER BY visitor
  ON CONFLICT (id) DO NOTHING RETURNING link_id),
counted AS (
  SELECT id, sum(views) AS views, (SELECT count(*) FROM fresh WHERE fresh.link_id = seen.id) AS visitors
  FROM seen GROUP BY id)
UPDATE share_link l SET views = l.views + c.views, visitors = l.visitors + c.visitors FROM counted c WHERE l.id = c.id"""


async def count_visits(seen: Sequence[Visit]) -> None:
    """Count the visits that came by signed links; a sink for `visiting`."""
    by_link = [visit for visit in seen if visit.source.kind is Kind.LINK]
    if not by_link:
        return
    async with db.transaction():
        await _make_embedded(by_link)
        await db.execute(
            _COUNT,
            [visit.page_id for visit in by_link],
            [visit.source.name for visit in by_link],
            [_digest(visit) for visit in by_link],
            [visit.at for visit in by_link],
            [visit.views for visit in by_link],
        )


async def _make_embedded(seen: Sequence[Visit]) -> None:
    pages = sorted({visit.page_id for visit in seen if visit.source.name == EMBEDDED})
    if pages:
        await db.execute(_MAKE, [new_id() for _page in pages], pages, EMBEDDED, seen[0].at)


def _digest(visit: Visit) -> UUID:
    """Return what stands for a visitor's day on one link."""
    said = visit.visitor.bytes + visit.page_id.bytes + visit.source.name.encode()
    return UUID(bytes=hashlib.blake2b(said, digest_size=16).digest())


async def forget_visitors(now: datetime) -> None:
    """Forget who visited before today; the figures stay."""
    await forget_salts(now)
    await db.execute("DELETE FROM share_link_visitor WHERE seen_at < $1", now - KNOWN_FOR)
