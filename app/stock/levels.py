"""How stocks stand, for pages that show them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db


@dataclass(frozen=True)
class Level:
    """One stock in units. `capacity` None is unlimited; `next_release_at` is when the next live hold ends.

    A hold of weeks waits for a bank and is left out: no visitor should wait for its end.
    """

    capacity: int | None
    held: int
    sold: int
    next_release_at: datetime | None

    @property
    def available(self) -> int | None:
        return None if self.capacity is None else self.capacity - self.held - self.sold


async def levels(stock_ids: Iterable[UUID]) -> dict[UUID, Level]:
    """Return the level of each stock that exists."""
    rows = await db.fetch(
        """SELECT s.id, s.capacity, s.held, s.sold,
             (SELECT min(h.expires_at) FROM hold_line l JOIN hold h ON h.id = l.hold_id
              WHERE l.stock_id = s.id AND h.state = 'live' AND s.held > 0
              AND h.expires_at < h.created_at + interval '14 days') AS next_release_at
           FROM stock s WHERE s.id = ANY($1::uuid[])""",
        list(stock_ids),
    )
    return {
        row["id"]: Level(row["capacity"], row["held"], row["sold"], row["next_release_at"])
        for row in rows
    }
