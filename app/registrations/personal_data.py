"""An organization's registrations, for its people to take along."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from app.core.slicing import slices
from app.pages.titles import titles_of


async def registrations_of(organization_id: UUID) -> AsyncIterator[dict[str, Any]]:
    """Yield the registrations on an organization's pages, with the answers by the questions' keys."""
    titles: dict[UUID, str] = {}
    async for row in slices(
        """SELECT r.id, r.page_id, r.name, r.email, r.phone, r.quantity, r.state, r.answers, r.source, r.consent_text,
             r.consent_at, c.version AS consent_version, r.created_at, r.cancelled_at, r.checked_in_at FROM registration r
           LEFT JOIN consent_text c ON c.id = r.consent_id WHERE r.id > $1 AND r.organization_id = $3 ORDER BY r.id LIMIT $2""",
        organization_id,
    ):
        page_id = row["page_id"]
        if page_id not in titles:
            found = await titles_of([page_id])
            titles[page_id] = found[page_id].title if page_id in found else ""
        yield {**dict(row), "answers": json.loads(row["answers"]), "page": titles[page_id]}
