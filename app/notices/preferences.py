"""What a member wants to be told, and how often."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db
from app.notifications.unsubscribing import is_unsubscribed, subscribe_again

KINDS = ("sale", "refund", "registration", "dispute")


@dataclass(frozen=True)
class Preferences:
    """One member's wishes. `daily` collects everything into one mail a day."""

    kinds: frozenset[str] = frozenset(KINDS)
    daily: bool = False


async def preferences_of(user_ids: Sequence[UUID]) -> dict[UUID, Preferences]:
    """Return what each has chosen; everything soon, where nothing was chosen."""
    rows = await db.fetch(
        "SELECT user_id, sale, refund, registration, dispute, daily FROM notice_settings WHERE user_id = ANY($1::uuid[])",
        list(user_ids),
    )
    chosen = {
        row["user_id"]: Preferences(frozenset(kind for kind in KINDS if row[kind]), row["daily"])
        for row in rows
    }
    return {user_id: chosen.get(user_id, Preferences()) for user_id in user_ids}


async def shown_preferences(user_id: UUID, email: str) -> Preferences:
    """Return them as the settings show them: a click on "Unsubscribe" in a mail has turned every kind off."""
    preferences = (await preferences_of([user_id]))[user_id]
    if await is_unsubscribed(email, user_id):
        return Preferences(frozenset(), preferences.daily)
    return preferences


async def choose(user_id: UUID, email: str, preferences: Preferences, now: datetime) -> None:
    """Store a member's wishes; any kind that is on takes an unsubscription back, for it is the newer wish."""
    async with db.transaction():
        await db.execute(
            """INSERT INTO notice_settings (user_id, sale, refund, registration, dispute, daily, updated_at)
               VALUES ($1, $2, $3, $4, $5, $6, $7)
               ON CONFLICT (user_id) DO UPDATE SET sale = $2, refund = $3, registration = $4, dispute = $5, daily = $6,
                 updated_at = $7""",
            *(user_id, *(kind in preferences.kinds for kind in KINDS), preferences.daily, now),
        )
        if preferences.kinds:
            await subscribe_again(email, user_id)
