"""Forgetting whom somebody invited once it is of no use."""

from datetime import datetime, timedelta

from app.core import db

KEPT = timedelta(days=30)


async def forget_invitations(now: datetime) -> int:
    """Delete invitations that were used, taken back or too old for a month; return how many."""
    return await db.execute(
        "DELETE FROM invitation WHERE coalesce(accepted_at, withdrawn_at, expires_at) < $1",
        now - KEPT,
    )
