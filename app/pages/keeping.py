"""How long what visitors leave on a page is kept, where its creator has said so: counted from the page's end."""

from datetime import datetime
from uuid import UUID

from app.core import db

# lifecycle.end_of in SQL.
_END = """coalesce(p.ended_at, CASE WHEN p.paused_at IS NOT NULL AND p.pause_moves_deadline THEN NULL
  ELSE p.expires_at END)"""


async def pages_due(moment: datetime) -> list[UUID]:
    """Return the pages whose registrations are to be gone at `moment`, those that ended first before the others."""
    rows = await db.fetch(
        f"""SELECT p.id FROM page p WHERE p.erase_after_days IS NOT NULL AND p.published_at IS NOT NULL
            AND {_END} + p.erase_after_days * interval '1 day' <= $1 ORDER BY {_END}, p.id""",  # noqa: S608 - own text
        moment,
    )
    return [row["id"] for row in rows]
