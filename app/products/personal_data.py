"""An organization's products, for its people to take along."""

import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from app.core.money import format_amount_input
from app.core.slicing import slices


async def products_of(
    organization_id: UUID, user_id: UUID | None = None
) -> AsyncIterator[dict[str, Any]]:
    """Yield the products, those that `user_id` made if given, with what their files are; prices in major units."""
    async for row in slices(
        """SELECT p.id, p.name, p.description, p.amount, p.currency, p.active, p.expires_at, p.created_at,
             (SELECT json_agg(json_build_object('name', f.name, 'kind', f.kind, 'bytes', f.size, 'sha256', f.sha256)
                ORDER BY f.kind, f.position, f.id) FROM file f WHERE f.product_id = p.id) AS files
           FROM product p WHERE p.id > $1 AND p.organization_id = $3 AND ($4::uuid IS NULL OR p.user_id = $4)
           ORDER BY p.id LIMIT $2""",
        *(organization_id, user_id),
    ):
        yield {
            **dict(row),
            "amount": format_amount_input(row["amount"], row["currency"]),
            "files": json.loads(row["files"] or "[]"),
        }
