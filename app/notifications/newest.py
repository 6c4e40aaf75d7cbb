"""What became of the latest message about each of several things, for lists of them."""

from collections.abc import Sequence
from uuid import UUID

from app.core.db import fetch
from app.notifications.queries import MessageFate


async def newest_about(subjects: Sequence[UUID]) -> dict[UUID, MessageFate]:
    """Return the newest message by what it is about. The caller has checked that the viewer may see these things."""
    rows = await fetch(
        """SELECT DISTINCT ON (subject_of) subject_of AS about, id, channel, name, recipient, subject, state, attempts,
             reason, created_at, sent_at FROM message WHERE subject_of = ANY($1::uuid[])
           ORDER BY subject_of, created_at DESC, id DESC""",
        list(subjects),
    )
    found = [dict(row) for row in rows]
    return {row.pop("about"): MessageFate(**row) for row in found}
