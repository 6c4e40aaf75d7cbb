"""What somebody was sent, for them to take along."""

from collections.abc import AsyncIterator
from typing import Any

from app.core.slicing import slices


async def messages_to(address: str, *, confirmed: bool) -> AsyncIterator[dict[str, Any]]:
    """Yield every message to an address, whatever its case; the text is not kept once it is sent. None as long as nobody
    `confirmed` the address: it may be a stranger's. Messages without a recipient are nobody's."""
    async for row in slices(
        """SELECT id, created_at, channel, name AS kind, subject, state, sent_at FROM message
           WHERE id > $1 AND lower(recipient) = lower($3) AND recipient <> '' AND $4 ORDER BY id LIMIT $2""",
        *(address, confirmed),
    ):
        yield dict(row)
