"""Forgetting whom somebody invited once it is of no use; and who invited, and was, when they go."""

from datetime import datetime, timedelta
from uuid import UUID

from app.core import db
from app.notifications.forgetting import empty_about

KEPT = timedelta(days=30)


async def forget_invitations(now: datetime) -> int:
    """Delete invitations that were used, taken back or too old for a month; return how many."""
    return await db.execute(
        "DELETE FROM invitation WHERE coalesce(accepted_at, withdrawn_at, expires_at) < $1",
        now - KEPT,
    )


async def forget_person(user_id: UUID, address: str) -> None:
    """Delete what somebody invited to and was invited to, in the caller's transaction."""
    rows = await db.fetch(
        "DELETE FROM invitation WHERE invited_by = $1 OR lower(email) = lower($2) RETURNING id",
        *(user_id, address),
    )
    await empty_about([row["id"] for row in rows])
