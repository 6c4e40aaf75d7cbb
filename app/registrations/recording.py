"""A registration's history: one line for everything that happened to it."""

import json
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.ids import new_id


async def record(
    registration_id: UUID,
    kind: str,
    now: datetime,
    *,
    actor_id: UUID | None = None,
    **details: object,
) -> None:
    """Add a line in the current transaction. `actor_id` is the colleague who did it; `details` must be plain JSON."""
    await db.execute(
        """INSERT INTO registration_event (id, registration_id, kind, actor_id, details, created_at)
           VALUES ($1, $2, $3, $4, $5::jsonb, $6)""",
        new_id(),
        registration_id,
        kind,
        actor_id,
        json.dumps(details, default=str),
        now,
    )
