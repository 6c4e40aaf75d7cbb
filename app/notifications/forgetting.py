"""Forgetting messages about somebody who wants to be forgotten."""

from uuid import UUID

from app.core.db import execute


async def forget(subject_of: UUID) -> None:
    """Erase every message about one thing, sent or not, in the caller's transaction. What waits is not sent."""
    await execute("DELETE FROM message WHERE subject_of = $1", subject_of)
