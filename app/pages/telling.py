"""What pages tell the modules above them: recorded events, written with what they tell of.

- `pages.transition` {page_id, to, at}: a page changed its state, or reached a moment of its type ("reached", "closed",
  "started", "over"), `at` in ISO form. Recorded once for each page, `to` and `at`.
- `pages.changed_times` {page_id}: times that visitors were told may have moved: the end, a target, an event's times or place.
- `pages.added_stock` {page_id}: pieces or places were added.

Handlers are registered with `jobs.on_event`; several may act on one event, and each may be called more than once.
"""

from datetime import datetime
from uuid import UUID

from app.core import jobs

TRANSITION = "pages.transition"
CHANGED_TIMES = "pages.changed_times"
ADDED_STOCK = "pages.added_stock"

jobs.event(TRANSITION)
jobs.event(CHANGED_TIMES)
jobs.event(ADDED_STOCK)


async def tell_transition(page_id: UUID, to: str, at: datetime) -> None:
    """Say, in the current transaction, that a page came to be `to` at `at`."""
    await jobs.enqueue(TRANSITION, {"page_id": page_id, "to": to, "at": at.isoformat()})


async def tell_changed_times(page_id: UUID) -> None:
    """Say, in the current transaction, that a page's times or place changed."""
    await jobs.enqueue(CHANGED_TIMES, {"page_id": page_id})


async def tell_added_stock(page_id: UUID) -> None:
    """Say, in the current transaction, that there is more of what a page gives away."""
    await jobs.enqueue(ADDED_STOCK, {"page_id": page_id})
