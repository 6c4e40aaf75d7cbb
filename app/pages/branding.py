"""Who a page says it was made with: its organization's plan may leave that out. Kept with the page, so that showing it
asks nobody; whoever changes a plan tells, and all its pages follow."""

from datetime import datetime
from uuid import UUID

from app.billing.limits import plan_of
from app.billing.remembering import known_plan
from app.core import db
from app.pages.recording import touch


async def has_own_branding(organization_id: UUID, now: datetime) -> bool:
    """Return what a new page of the organization begins with."""
    return (await known_plan(organization_id, now)).features.own_branding


async def follow_plan(organization_id: UUID, now: datetime) -> None:
    """Let the organization's pages say what its plan wants, in every open browser too."""
    own = (await plan_of(organization_id, now)).features.own_branding
    async with db.transaction():
        for row in await db.fetch(
            "UPDATE page SET own_branding = $2 WHERE organization_id = $1 AND own_branding <> $2 RETURNING id",
            *(organization_id, own),
        ):
            await touch(row["id"])
