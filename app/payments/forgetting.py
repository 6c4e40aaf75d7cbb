"""Stripe's events hold names and addresses: what was dealt with is kept only as long as somebody may look into it."""

from app.core import db
from app.core.addresses import wire_or_same
from app.core.retaining import Rows

EVENTS = (Rows("stripe_event", "processed_at IS NOT NULL AND received_at < $1"),)


async def forget_address(address: str) -> None:
    """Empty what was reported and dealt with of an address, in the caller's transaction. The ids stay: a report that comes
    again is known. Whole values are compared: an address may be part of a longer one."""
    await db.execute(
        """UPDATE stripe_event SET payload = '{}' WHERE processed_at IS NOT NULL
           AND (strpos(lower(payload::text), lower($1)) > 0 OR strpos(lower(payload::text), lower($2)) > 0)""",
        *(f'"{address}"', f'"{wire_or_same(address)}"'),
    )
