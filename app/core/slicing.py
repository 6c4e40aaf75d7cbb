"""Reading many rows without holding them, or a transaction, all at once."""

from collections.abc import AsyncIterator
from uuid import UUID

from app.core import db

FIRST = UUID(int=0)
SLICE = 500


async def slices(sql: str, *arguments: object) -> AsyncIterator[db.Record]:
    """Yield the rows of `sql`, slice by slice: it selects an `id` above $1, in its order, at most $2 of them.

    `arguments` are $3 and so on. Ids are ordered by time, so the oldest comes first.
    """
    after = FIRST
    while rows := await db.fetch(sql, after, SLICE, *arguments):
        for row in rows:
            yield row
        if len(rows) < SLICE:
            return
        after = rows[-1]["id"]
