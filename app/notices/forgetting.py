"""Forget what one member was told, and what they wanted to be told: titles of pages are what somebody wrote."""

from uuid import UUID

from app.core import db
from app.core.retaining import Rows

# What was told long ago. The newest is kept as long as the others: it says when the next mail may leave.
TOLD = (Rows("notice", "told_at < $1"),)


async def forget_member(user_id: UUID) -> None:
    """Delete a member's notices and settings, in the caller's transaction."""
    await db.execute("DELETE FROM notice WHERE user_id = $1", user_id)
    await db.execute("DELETE FROM notice_settings WHERE user_id = $1", user_id)
