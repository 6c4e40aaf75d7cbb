"""More than the plan allows, after a smaller plan took the place of a larger: nothing is taken away, nothing is added,
and the console says so until there is less."""

from datetime import datetime
from uuid import UUID

from app.billing.remembering import standing_changed
from app.billing.standing import plan_of
from app.billing.usage import Usage, usage_of
from app.core import db


async def look_over(organization_id: UUID, now: datetime) -> list[Usage]:
    """Return what the organization has too much of, and note whether it has."""
    found = await usage_of(organization_id, await plan_of(organization_id, now))
    over = [usage for usage in found if usage.over]
    if over:
        if await db.execute(
            "INSERT INTO plan_overrun (organization_id, noted_at) VALUES ($1, $2) ON CONFLICT DO NOTHING",
            *(organization_id, now),
        ):
            await standing_changed(organization_id)
    elif await db.execute("DELETE FROM plan_overrun WHERE organization_id = $1", organization_id):
        await standing_changed(organization_id)
    return over
