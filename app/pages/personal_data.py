"""An organization's pages, for its people to take along."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from app.core.settings import get_settings
from app.core.slicing import slices


async def pages_of(
    organization_id: UUID, user_id: UUID | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Yield the pages, those that `user_id` made if given, as they were made; times are those of their life."""
    base = get_settings().base_url.rstrip("/")
    async for row in slices(
        """SELECT p.id, p.short_id, p.type, p.title, p.description, p.language, p.zone AS time_zone, p.created_at,
             p.published_at, p.launch_at, p.expires_at, p.ended_at, p.ended_cause, p.erase_after_days, p.theme,
             p.settings, p.afterlife, (SELECT json_agg(c.title ORDER BY c.position, c.id) FROM page_content c
               WHERE c.page_id = p.id) AS products
           FROM page p WHERE p.id > $1 AND p.organization_id = $3 AND ($4::uuid IS NULL OR p.user_id = $4)
           ORDER BY p.id LIMIT $2""",
        *(organization_id, user_id),
    ):
        found = dict(row)
        read = {
            name: json.loads(found[name] or "null")
            for name in ("theme", "settings", "afterlife", "products")
        }
        yield {**found, **read, "address": f"{base}/p/{found.pop('short_id')}"}
