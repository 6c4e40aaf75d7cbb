"""Making and changing pages. After publication, what a visitor may have relied on is put into the public change log."""

from dataclasses import asdict
from datetime import datetime
from json import dumps
from uuid import UUID

from app.auth.viewer import Viewer
from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.ids import new_id, new_short_id
from app.core.live import publish
from app.pages import lifecycle, own_codes
from app.pages.branding import has_own_branding
from app.pages.editing import Edit
from app.pages.foreseeing import changes_of
from app.pages.imaging import keep_picture
from app.pages.lifecycle import State
from app.pages.loading import Content, PageRecord
from app.pages.recording import announce_at, record_change, touch
from app.pages.telling import tell_changed_times
from app.pages.terms import Afterlife
from app.pages.types import page_types
from app.pages.wording import PLAN
from app.products.queries import product_cards
from app.stock.capacity import create_stock


async def create(
    page_id: UUID, viewer: Viewer, type_name: str, title: str, zone: str, now: datetime
) -> UUID:
    """Make a draft of a type with its default settings. Making the same id again changes nothing.

    Raises NotFound when the id is somebody else's.
    """
    settings = page_types[type_name].settings()
    async with db.transaction():
        made = await db.execute(
            """INSERT INTO page (id, short_id, user_id, organization_id, group_id, type, title, description, zone,
                 settings, afterlife, theme, created_at, updated_at, own_branding)
               VALUES ($1, $2, $3, $4, $5, $6, $7, '', $8, $9, $10, '{}', $11, $11, $12)
               ON CONFLICT (id) DO NOTHING""",
            page_id,
            new_short_id(),
            viewer.user_id,
            viewer.organization_id,
            viewer.group_id,
            type_name,
            title,
            zone,
            settings.model_dump_json(),
            Afterlife().model_dump_json(),
            now,
            await has_own_branding(viewer.organization_id, now),
        )
        if made:
            await give_stock(page_id)
    if not await db.fetch_one(
        "SELECT 1 FROM page WHERE id = $1 AND group_id = $2", page_id, viewer.group_id
    ):
        raise NotFound
    return page_id


async def give_stock(page_id: UUID) -> None:
    """Give a new page its stock; how much of it there is, is decided when the page is published."""
    await db.execute(
        "UPDATE page SET stock_id = $2 WHERE id = $1", page_id, await create_stock(None)
    )


async def save(page: PageRecord, edit: Edit, user_id: UUID, now: datetime) -> None:
    """Store an edit that was read without errors.

    Raises Conflict when the page changed meanwhile or has ended, FieldError when its code is taken.
    """
    if page.state(now) is State.EXPIRED:
        raise Conflict(lifecycle.refusal(State.EXPIRED))
    async with db.transaction():
        stored = await db.execute(
            """UPDATE page SET title = $3, description = $4, language = $5, zone = $6, theme = $7, settings = $8,
                 afterlife = $9, launch_at = $10, expires_at = $11, version = version + 1, updated_at = $12,
                 erase_after_days = $13
               WHERE id = $1 AND version = $2 AND ended_at IS NULL""",
            page.id,
            page.version,
            edit.title,
            edit.description,
            edit.language,
            edit.zone,
            dumps(asdict(edit.theme)),
            edit.settings.model_dump_json(),
            edit.afterlife.model_dump_json(),
            edit.times.launch_at,
            edit.times.expires_at,
            now,
            edit.erase_after_days,
        )
        if not stored:
            raise Conflict(_("Somebody changed this page in the meantime. Please look again."))
        await _store_contents(page, edit.contents, now)
        await own_codes.keep_in_step(edit.of(page), edit.settings, user_id, now)
        if page.state(now) is not State.DRAFT:
            await _log(page, edit, user_id, now)
            await announce_at(page.id, edit.of(page).next_change(now))
        await publish(page.topic)


async def _store_contents(page: PageRecord, contents: tuple[Content, ...], now: datetime) -> None:
    await db.execute(
        "DELETE FROM page_content WHERE page_id = $1 AND product_id <> ALL($2::uuid[])",
        page.id,
        [content.product_id for content in contents],
    )
    await db.execute_many(
        """INSERT INTO page_content (id, page_id, product_id, position, title, summary, image, amount, currency,
             quantity, created_at, instead) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
           ON CONFLICT (page_id, product_id) DO UPDATE SET position = $4, title = $5, summary = $6, image = $7,
             amount = $8, currency = $9, quantity = $10, instead = $12""",
        [
            (
                new_id(),
                page.id,
                content.product_id,
                content.position,
                content.title,
                content.summary,
                content.image,
                content.amount,
                content.currency,
                content.quantity,
                now,
                content.instead,
            )
            for content in contents
        ],
    )


async def _log(page: PageRecord, edit: Edit, user_id: UUID, now: datetime) -> None:
    changes = changes_of(page, edit, now)
    for each in changes:
        await record_change(
            *(page.id, each.kind, each.before, each.after, now),
            user_id=user_id,
            subject=each.subject,
            currency=each.currency,
        )
    if any(each.kind in PLAN for each in changes):
        await tell_changed_times(page.id)


async def follow_product(product_id: UUID, now: datetime) -> None:
    """Let every page that shows a product follow its name, description, cover and preview files; never its price."""
    card = (await product_cards([product_id], now)).get(product_id)
    if card is None:
        return
    async with db.transaction():
        rows = await db.fetch(
            """UPDATE page_content SET title = $2, summary = $3, image = $4, instead = $5
               WHERE product_id = $1 RETURNING page_id""",
            product_id,
            card.name,
            card.description,
            keep_picture(card.cover),
            card.instead,
        )
        for page_id in sorted({row["page_id"] for row in rows}):
            await touch(page_id)
