"""The security log: what happened to accounts, for their owners and for those who look into an incident."""

import json
from datetime import datetime
from uuid import UUID

from app.core.db import execute
from app.core.ids import new_id


async def note(
    kind: str,
    now: datetime,
    *,
    user_id: UUID | None = None,
    ip: str | None = None,
    **details: str | int,
) -> None:
    """Record `kind` in the current transaction. `details` hold no secret and no password, not even a wrong one."""
    await execute(
        "INSERT INTO security_log (id, created_at, kind, user_id, ip, details) "
        "VALUES ($1, $2, $3, $4, $5, $6::text::jsonb)",
        new_id(), now, kind, user_id, ip, json.dumps(details),
    )  # fmt: skip
