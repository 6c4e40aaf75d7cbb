"""A group's pages in a few words, for choosing one and for reading reports."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import NotFound
from app.pages.terms import PageSettings
from app.pages.types import page_types

# So many, the newest; who has more looks at the others one by one.
MOST = 1000


@dataclass(frozen=True)
class PageBrief:
    """A page by its name. `sells` says whether it takes orders, else it takes sign-ups."""

    id: UUID
    short_id: str
    title: str
    zone: str
    sells: bool


_SELECT = "SELECT id, short_id, title, zone, type FROM page WHERE group_id = $1"


async def briefs_of(group_id: UUID) -> list[PageBrief]:
    """Return the group's pages, newest first."""
    rows = await db.fetch(f"{_SELECT} ORDER BY created_at DESC, id DESC LIMIT $2", group_id, MOST)
    return [_read(row) for row in rows]


async def brief_of(page_id: UUID, group_id: UUID) -> PageBrief:
    """Return one of the group's pages. Raises NotFound for any other."""
    row = await db.fetch_one(f"{_SELECT} AND id = $2", group_id, page_id)
    if row is None:
        raise NotFound
    return _read(row)


def _read(row: db.Record) -> PageBrief:
    sells = page_types[row["type"]].sells
    return PageBrief(row["id"], row["short_id"], row["title"], row["zone"], sells)


@dataclass(frozen=True)
class PageTerms:
    """A published page by its name, with the settings of its type."""

    id: UUID
    title: str
    zone: str
    settings: PageSettings


async def terms_of(group_id: UUID, now: datetime, page_id: UUID | None = None) -> list[PageTerms]:
    """Return the group's published pages that take registrations, newest first; with `page_id` that one alone."""
    types = [name for name, each in page_types.items() if each.collects == "registrations"]
    rows = await db.fetch(
        """SELECT id, title, zone, type, settings FROM page WHERE group_id = $1 AND type = ANY($2::text[])
           AND published_at <= $3 AND ($4::uuid IS NULL OR id = $4) ORDER BY created_at DESC, id DESC LIMIT $5""",
        *(group_id, types, now, page_id, MOST),
    )
    return [
        PageTerms(
            row["id"],
            row["title"],
            row["zone"],
            page_types[row["type"]].settings.model_validate_json(row["settings"]),
        )
        for row in rows
    ]
