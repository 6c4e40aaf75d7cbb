"""Run again: a new draft made from an expired page, with new stock."""

from datetime import datetime
from uuid import UUID

from app.auth.verifying import ensure_verified
from app.auth.viewer import Viewer
from app.core import db
from app.core.errors import NotFound
from app.core.live import publish
from app.pages import own_codes
from app.pages.copying import copy_page
from app.pages.lifecycle import Refused, State, refusal
from app.pages.loading import PageRecord


async def run_again(page: PageRecord, new_page_id: UUID, viewer: Viewer, now: datetime) -> UUID:
    """Copy an expired page to the draft `new_page_id`, which becomes its successor. Raises Refused unless it expired.

    Doing it again with the same id changes nothing; NotFound when the id is somebody else's. Like publishing it needs
    a confirmed address, for the old page leads visitors to the new one.
    """
    if page.state(now) is not State.EXPIRED:
        raise Refused(refusal(page.state(now)))
    await ensure_verified(viewer.user_id)
    async with db.transaction():
        settings = page.page_type.again(page.settings)
        if await copy_page(page, new_page_id, viewer.user_id, settings, now):
            await own_codes.hand_on(page, new_page_id, viewer.user_id, now)
            await db.execute(
                "UPDATE page SET successor_id = $2, version = version + 1 WHERE id = $1",
                *(page.id, new_page_id),
            )
            await publish(page.topic)
    if not await db.fetch_one(
        "SELECT 1 FROM page WHERE id = $1 AND group_id = $2", new_page_id, viewer.group_id
    ):
        raise NotFound
    return new_page_id
