"""A copy of a page with what is on it, as a draft: to run it again, or to rehearse it."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.ids import new_short_id
from app.pages.changing import give_stock
from app.pages.loading import PageRecord
from app.pages.terms import PageSettings


async def copy_page(
    page: PageRecord,
    new_page_id: UUID,
    user_id: UUID,
    settings: PageSettings,
    now: datetime,
    expires_at: datetime | None = None,
) -> bool:
    """Make the draft `new_page_id` of a page, with new stock and without its times but the one given, in the caller's
    transaction. False when the id is taken."""
    made = await db.execute(
        """INSERT INTO page (id, short_id, user_id, organization_id, group_id, type, title, description, language,
             zone, theme, settings, afterlife, cover_key, cover_size, own_branding, erase_after_days, expires_at, created_at, updated_at)
           SELECT $2, $3, $4, organization_id, group_id, type, title, description, language,
             zone, theme, $6, afterlife, cover_key, cover_size, own_branding, erase_after_days, $7, $5, $5 FROM page WHERE id = $1
           ON CONFLICT (id) DO NOTHING""",
        *(page.id, new_page_id, new_short_id(), user_id, now),
        settings.model_dump_json(),
        expires_at,
    )
    if made:
        await db.execute(
            """INSERT INTO page_content (id, page_id, kind, product_id, position, title, summary, image, amount,
                 currency, quantity, created_at, instead)
               SELECT gen_random_uuid(), $2, kind, product_id, position, title, summary, image, amount,
                 currency, quantity, $3, instead FROM page_content WHERE page_id = $1""",
            *(page.id, new_page_id, now),
        )
        await give_stock(new_page_id)
    return bool(made)
