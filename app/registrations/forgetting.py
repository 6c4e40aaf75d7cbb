"""What registrations leave behind when an organization ends; and which ones are somebody's own."""

from collections.abc import Sequence
from uuid import UUID

from app.core import db


async def count_of(organization_id: UUID) -> int:
    return await db.fetch_value(
        "SELECT count(*) FROM registration WHERE organization_id = $1", organization_id
    )


async def of_address(address: str, but_of: UUID | None) -> list[UUID]:
    """Return the registrations that an address made, but those with the organization `but_of`."""
    rows = await db.fetch(
        """SELECT id FROM registration WHERE lower(email) = lower($1)
           AND ($2::uuid IS NULL OR organization_id <> $2)""",
        *(address, but_of),
    )
    return [row["id"] for row in rows]


async def forget_pages(page_ids: Sequence[UUID]) -> None:
    """Erase what was written to the registrants of pages, and what they were told, in the caller's transaction."""
    for table in ("broadcast", "mailing", "told_plan", "consent_text"):
        await db.execute(
            f"DELETE FROM {table} WHERE page_id = ANY($1::uuid[])",  # noqa: S608 - own text
            list(page_ids),
        )
