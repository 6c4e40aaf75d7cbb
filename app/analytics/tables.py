"""Visits as they happened, and as they are added up. Nothing here leads back to a person, and no row refers to a page by a
foreign key: visits are written many at once, and checking each would lock the pages."""

from piccolo.columns import UUID, BigInt, Integer, Timestamptz, Varchar
from piccolo.table import Table

from app.core.ids import new_id
from app.core.partitions import register_partitioned

# Tables partitioned by raw SQL; Piccolo's automatic migrations must not see them.
PARTITIONED = "partitioned"


class Visit(Table, tablename="visit", tags=[PARTITIONED]):
    """One visitor's looks at a page within a second. `kind` and `source` are those of `pages/sources.py`; `visitor` is
    another one on another day."""

    id = UUID(primary_key=True, default=new_id)
    at = Timestamptz(null=False)
    page_id = UUID(null=False)
    visitor = UUID(null=False)
    kind = Varchar(length=10, null=False)
    source = Varchar(length=60, null=False, default="")
    views = Integer(null=False, default=1)


class VisitCount(Table, tablename="visit_count", tags=[PARTITIONED]):
    """The visits of a page from a source in the quarter of an hour that begins at `at`: zones differ by no less.

    `visitors` were not on the page before that day, `arrivals` not from this source: the first add up over sources, both
    over time.
    """

    page_id = UUID(primary_key=True)
    at = Timestamptz(null=False)
    kind = Varchar(length=10, null=False)
    source = Varchar(length=60, null=False, default="")
    views = BigInt(null=False, default=0)
    visitors = BigInt(null=False, default=0)
    arrivals = BigInt(null=False, default=0)


class VisitSeen(Table, tablename="visit_seen", tags=[PARTITIONED]):
    """That somebody visited a page on a day, or did from a source: `id` is a digest of all these. Forgotten after it."""

    id = UUID(primary_key=True, default=new_id)
    seen_at = Timestamptz(null=False)


register_partitioned("visit", "at")
register_partitioned("visit_count", "at")
