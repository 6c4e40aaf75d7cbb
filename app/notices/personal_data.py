"""What is known of a member's notices, for them to take along: what they want to be told, and what they were told."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

from app.core import db
from app.core.slicing import slices
from app.notices.preferences import preferences_of

Row = dict[str, Any]


async def notices_of(user_id: UUID) -> AsyncIterator[Row]:
    """Yield what a member was told, and what waits to be."""
    async for row in slices(
        """SELECT id, kind, subject_id, title, amount, currency, happened_at, told_at FROM notice
           WHERE id > $1 AND user_id = $3 ORDER BY id LIMIT $2""",
        user_id,
    ):
        yield dict(row)


async def notice_settings_of(user_id: UUID) -> AsyncIterator[Row]:
    """Yield the member's wishes, also where they have chosen nothing: then all kinds are on."""
    wishes = (await preferences_of([user_id]))[user_id]
    changed_at = await db.fetch_value(
        "SELECT updated_at FROM notice_settings WHERE user_id = $1", user_id
    )
    yield {
        "kinds": sorted(wishes.kinds),
        "one_mail_a_day": wishes.daily,
        "changed_at": changed_at,
    }
