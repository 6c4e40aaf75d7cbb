"""Names of people for other modules' pages: who did something."""

from collections.abc import Iterable
from uuid import UUID

from app.core.db import fetch


async def names_of(user_ids: Iterable[UUID]) -> dict[UUID, str]:
    """Return each known user's name, or their address when they gave none. The caller has checked the group."""
    rows = await fetch(
        """SELECT id, coalesce(nullif(name, ''), email) AS name FROM "user" WHERE id = ANY($1::uuid[])""",
        list(user_ids),
    )
    return {row["id"]: row["name"] for row in rows}
