"""What somebody was sent, for them to take along."""

from collections.abc import AsyncIterator
from typing import Any

from app.core.slicing import slices


async def messages_to(address: str) -> AsyncIterator[dict[str, Any]]:
    """Yield every message to an address, whatever its case; the text is not kept once it is sent."""
    async for row in slices(
        """SELECT id, created_at, channel, name AS kind, subject, state, sent_at FROM message
           WHERE id > $1 AND lower(recipient) = lower($3) ORDER BY id LIMIT $2""",
        address,
    ):
        yield dict(row)
