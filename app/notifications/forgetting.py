"""Taking messages back: about somebody who wants to be forgotten, or who no longer takes part."""

from uuid import UUID

from app.core.db import execute


async def forget(subject_of: UUID) -> None:
    """Erase every message about one thing, sent or not, in the caller's transaction. What waits is not sent."""
    await execute("DELETE FROM message WHERE subject_of = $1", subject_of)


async def withdraw(subject_of: UUID, reason: str) -> None:
    """Let no message of a list about one thing leave that still waits, in the caller's transaction."""
    await execute(
        "UPDATE message SET state = 'skipped', reason = $2, text = '', html = '', attachments = '[]' "
        "WHERE subject_of = $1 AND list_id IS NOT NULL AND state = 'queued'",
        *(subject_of, reason),
    )
