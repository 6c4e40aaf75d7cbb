"""Where one who waits stands: the place in the line, or the offer that is theirs to take."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core import db
from app.core.settings import get_settings
from app.registrations.links import offer_url
from app.registrations.offering import entry_of
from app.registrations.queries import RegistrationView
from app.registrations.waiting import place_of


@dataclass(frozen=True)
class Wait:
    """`place` counts from the front, 1; `offer_path` leads to what is offered `until` a moment, or is ""."""

    place: int | None
    offer_path: str = ""
    until: datetime | None = None


async def wait_of(registration: RegistrationView, now: datetime) -> Wait | None:
    """Return how somebody waits; None when they don't."""
    if registration.seated or not registration.standing:
        return None
    entry = await entry_of(registration.id)
    if entry is None:
        return None
    until = entry.offer_expires_at
    if until is None or entry.overdue(now):
        return Wait(await place_of(registration.id))
    path = offer_url(entry.id, until, now).removeprefix(get_settings().base_url.rstrip("/"))
    return Wait(None, path, until)


async def waits_of(registration_id: UUID) -> list[dict[str, Any]]:
    """Return every wait of a registration, the first one first; times in ISO 8601."""
    rows = await db.fetch(
        """SELECT quantity, position, state, offered, created_at, offered_at, ended_at FROM waitlist_entry
           WHERE registration_id = $1 ORDER BY created_at, id""",
        registration_id,
    )
    return [
        {
            name: value.isoformat() if isinstance(value, datetime) else value
            for name, value in row.items()
        }
        for row in rows
    ]
