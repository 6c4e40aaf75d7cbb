"""An order's history: one line for everything that happened to it."""

import json
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.ids import new_id


async def record(
    order_id: UUID, kind: str, now: datetime, *, actor_id: UUID | None = None, **details: object
) -> None:
    """Add a line in the current transaction. `details` must be plain JSON."""
    await db.execute(
        "INSERT INTO order_event (id, created_at, order_id, kind, actor_id, details) "
        "VALUES ($1, $2, $3, $4, $5, $6::jsonb)",
        new_id(),
        now,
        order_id,
        kind,
        actor_id,
        json.dumps(details, default=str),
    )


async def happened(order_id: UUID, kind: str, **details: str) -> bool:
    """Whether the history has a line of `kind` with these details."""
    return bool(
        await db.fetch_value(
            "SELECT EXISTS (SELECT 1 FROM order_event WHERE order_id = $1 AND kind = $2 AND details @> $3::jsonb)",
            order_id,
            kind,
            json.dumps(details),
        )
    )
