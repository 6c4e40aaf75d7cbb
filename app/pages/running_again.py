"""Run again: a new draft made from an expired page, with new stock."""

from datetime import datetime
from uuid import UUID

from app.auth.verifying import ensure_verified
from app.auth.viewer import Viewer
from app.core import db
from app.core.errors import NotFound
from app.core.ids import new_short_id
from app.core.live import publish
from app.pages import own_codes
from app.pages.changing import give_stock
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
        if await _copy(page, new_page_id, viewer, now):
            await give_stock(new_page_id)
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


async def _copy(page: PageRecord, new_page_id: UUID, viewer: Viewer, now: datetime) -> bool:
    """Copy a page and its contents, without its times and stock. False when the new id is taken."""
    made = await db.execute(
        """INSERT INTO page (id, short_id, user_id, organization_id, group_id, type, title, description, language,
             zone, theme, settings, afterlife, cover_key, cover_size, created_at, updated_at)
           SELECT $2, $3, $4, organization_id, group_id, type, title, description, language,
             zone, theme, $6, afterlife, cover_key, cover_size, $5, $5 FROM page WHERE id = $1
           ON CONFLICT (id) DO NOTHING""",
        *(page.id, new_page_id, new_short_id(), viewer.user_id, now),
        page.page_type.again(page.settings).model_dump_json(),
    )
    if made:
        await db.execute(
            """INSERT INTO page_content (id, page_id, kind, product_id, position, title, summary, image, amount,
                 currency, quantity, created_at)
               SELECT gen_random_uuid(), $2, kind, product_id, position, title, summary, image, amount,
                 currency, quantity, $3 FROM page_content WHERE page_id = $1""",
            *(page.id, new_page_id, now),
        )
    return bool(made)
