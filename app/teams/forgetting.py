"""Forgetting whom somebody invited once it is of no use; and who invited, and was, when they go."""

from datetime import datetime, timedelta
from uuid import UUID

from app.core import db
from app.notifications.forgetting import empty_about
from app.teams.tables import Invitation

KEPT = timedelta(days=30)


async def forget_invitations(now: datetime) -> int:
    """Delete invitations that were used, taken back or too old for a month; return how many."""
    return await db.execute(
        "DELETE FROM invitation WHERE coalesce(accepted_at, withdrawn_at, expires_at) < $1",
        now - KEPT,
    )


async def forget_inviter(user_id: UUID) -> None:
    """Delete the invitations that somebody sent, in the caller's transaction."""
    rows = (
        await Invitation.delete().where(Invitation.invited_by == user_id).returning(Invitation.id)
    )
    await empty_about([row["id"] for row in rows])


async def forget_invited(address: str) -> None:
    """Delete the invitations to a confirmed address, in the caller's transaction."""
    rows = await db.fetch(
        "DELETE FROM invitation WHERE lower(email) = lower($1) RETURNING id", address
    )
    await empty_about([row["id"] for row in rows])
