"""What happened to one registration, in words."""

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from app.auth.people import names_of
from app.core.db import fetch
from app.core.i18n import gettext as _
from app.core.i18n import ngettext

HISTORY_LIMIT = 200


@dataclass(frozen=True)
class Event:
    """One line of the history; `actor` is the colleague who did it, or "" for the registrant, or time."""

    at: datetime
    words: str
    actor: str


async def history_of(registration_id: UUID) -> list[Event]:
    """Return a registration's newest events, oldest first."""
    rows = await fetch(
        """SELECT * FROM (SELECT created_at, id, kind, actor_id, details FROM registration_event
             WHERE registration_id = $1 ORDER BY created_at DESC, id DESC LIMIT $2) newest
           ORDER BY created_at, id""",
        registration_id,
        HISTORY_LIMIT,
    )
    actors: set[UUID] = {row["actor_id"] for row in rows if row["actor_id"]}
    names = await names_of(actors) if actors else {}
    return [
        Event(
            at=row["created_at"],
            words=event_words(row["kind"], json.loads(row["details"] or "{}")),
            actor=names.get(row["actor_id"], ""),
        )
        for row in rows
    ]


def event_words(kind: str, details: dict[str, Any]) -> str:
    """Return an event as people read it."""
    words = {
        "registered": _("Registered"),
        "queued": _("Joined the waitlist"),
        "offered": _("A place was offered"),
        "claimed": _("The offer was taken"),
        "lapsed": _("The offer ran out"),
        "promoted": _("Promoted from the waitlist"),
        "changed": _("Changed"),
        "cancelled": _("Cancelled"),
        "checked_in": _("Checked in"),
        "not_checked_in": _("Check-in taken back"),
    }.get(kind, kind.replace("_", " ").capitalize())
    quantity = details.get("quantity")
    if isinstance(quantity, int) and quantity > 1:
        return f"{words}: {ngettext('%(num)s place', '%(num)s places', quantity)}"
    return words
