"""The pages of a group that are open just now, as they stand."""

from datetime import datetime
from uuid import UUID

from app.core.db import fetch
from app.pages.queries import ROWS, STATE, PageRow, read_rows

MOST = 50


async def running_pages(group_id: UUID, now: datetime) -> list[PageRow]:
    """Return the pages that are active or paused, those that end first before others. Two statements."""
    rows = await fetch(
        f"""{ROWS} WHERE p.group_id = $2 AND {STATE} IN ('active', 'paused')
            ORDER BY p.expires_at NULLS LAST, p.id LIMIT $3""",
        *(now, group_id, MOST),
    )
    return await read_rows(rows, now)
