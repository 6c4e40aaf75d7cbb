"""What pages are called, for the lists of other modules."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from app.core.db import fetch


@dataclass(frozen=True)
class Titled:
    title: str
    zone: str
    short_id: str


async def titles_of(page_ids: Iterable[UUID]) -> dict[UUID, Titled]:
    """Return the title and zone of each page that exists. The caller has checked the group."""
    rows = await fetch(
        "SELECT id, title, zone, short_id FROM page WHERE id = ANY($1::uuid[])", list(page_ids)
    )
    return {row["id"]: Titled(row["title"], row["zone"], row["short_id"]) for row in rows}
