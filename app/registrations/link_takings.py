"""Who signed up by share links: asked of the registrations themselves, so that cancelled ones don't count."""

from collections.abc import Sequence
from uuid import UUID

from app.core import db
from app.pages.link_figures import Takings


async def link_takings(link_ids: Sequence[UUID]) -> dict[UUID, Takings]:
    """Return how many registrations stand, those that wait included, by link; one statement."""
    rows = await db.fetch(
        """SELECT link_id, count(*) AS standing FROM registration
           WHERE link_id = ANY($1::uuid[]) AND state <> 'cancelled' GROUP BY link_id""",
        list(link_ids),
    )
    return {row["link_id"]: Takings(registrations=row["standing"]) for row in rows}
