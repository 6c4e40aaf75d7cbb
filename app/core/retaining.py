"""What is kept for a time and then let go: rows that are deleted, or emptied of what tells who somebody is.

What would go is counted by the condition by which it goes, so that a dry run says what a real one does.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from app.core import db
from app.core.partitions import drop_partitions

# So many rows at once, each batch in a transaction of its own: nobody waits long for one of them.
BATCH = 5000


class Sweep(Protocol):
    """Something that is let go once it is older than a moment."""

    async def count(self, before: datetime) -> int:
        """Return how much would go."""
        ...

    async def run(self, before: datetime) -> int:
        """Let it go; return how much went. Again finds nothing."""
        ...


@dataclass(frozen=True)
class Rows:
    """Rows of `table` for which `due` holds ($1 is the moment). They are deleted, or with `empty`, an UPDATE's SET after
    which `due` no longer holds, emptied."""

    table: str
    due: str
    empty: str = ""

    async def count(self, before: datetime) -> int:
        return await db.fetch_value(
            f'SELECT count(*) FROM "{self.table}" WHERE {self.due}',  # noqa: S608 - own text
            before,
        )

    async def run(self, before: datetime) -> int:
        verb = f'DELETE FROM "{self.table}"'  # noqa: S608 - own text
        if self.empty:
            verb = f'UPDATE "{self.table}" SET {self.empty}'  # noqa: S608 - own text
        which = f'SELECT id FROM "{self.table}" WHERE {self.due} LIMIT {BATCH}'  # noqa: S608 - own text
        total = 0
        while True:
            done = await db.execute(f"{verb} WHERE id IN ({which})", before)
            total += done
            if done < BATCH:
                return total


@dataclass(frozen=True)
class Months:
    """A table that is partitioned by month of `column`: whole months are dropped, what is left of one is deleted."""

    table: str
    column: str

    async def count(self, before: datetime) -> int:
        return await self._rest.count(before)

    async def run(self, before: datetime) -> int:
        total = await self.count(before)
        await drop_partitions(self.table, before)
        await self._rest.run(before)
        return total

    @property
    def _rest(self) -> Rows:
        return Rows(self.table, f"{self.column} < $1")
