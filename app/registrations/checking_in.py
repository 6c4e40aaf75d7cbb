"""Checking in by hand, and taking it back."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.registrations.recording import record


async def check_in(registration_id: UUID, now: datetime, *, actor_id: UUID) -> bool:
    """Note that a registrant is there. False unless the registration is confirmed."""
    return await _move(registration_id, ("confirmed", "attended"), now, now, "checked_in", actor_id)


async def undo_check_in(registration_id: UUID, now: datetime, *, actor_id: UUID) -> bool:
    """Take a check-in back. False when there is none."""
    return await _move(
        registration_id, ("attended", "confirmed"), None, now, "not_checked_in", actor_id
    )


async def _move(
    registration_id: UUID,
    states: tuple[str, str],
    checked_in_at: datetime | None,
    now: datetime,
    kind: str,
    actor_id: UUID,
) -> bool:
    async with db.transaction():
        moved = await db.execute(
            """UPDATE registration SET state = $3, checked_in_at = $4, updated_at = $5
               WHERE id = $1 AND state = $2""",
            registration_id,
            *states,
            checked_in_at,
            now,
        )
        if moved:
            await record(registration_id, kind, now, actor_id=actor_id)
    return bool(moved)
