"""Delete a draft that was never published, with everything that belongs to it; and a share link that nobody came by."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.live import publish
from app.pages import covering
from app.pages.lifecycle import State
from app.pages.link_figures import link_of
from app.pages.loading import PageRecord
from app.stock.capacity import drop_unused_stock
from app.stock.codes.writing import delete_unused_code, forget_page
from app.storage.forgetting import remove_folder


class WasPublished(Conflict):
    """Somebody may have seen the page, or has its link (409)."""

    def default_message(self) -> str:
        return _("This page has been out, so it stays: end it instead. Only drafts can be deleted.")


async def delete_draft(page: PageRecord, now: datetime) -> None:
    """Delete a page that was never published: its contents, links, kept form, rehearsals, unused code, stock and pictures.

    Products stay. Raises WasPublished, and NotFound when it is gone already.
    """
    if page.state(now) is not State.DRAFT:
        raise WasPublished
    try:
        async with db.transaction():
            await _delete(page)
    except db.REFERRED_TO as error:
        raise WasPublished from error


class WasUsed(Conflict):
    """Somebody came by the link, or bought by it (409)."""

    def default_message(self) -> str:
        return _("Somebody has come by this link, so it stays with its figures. Stop it instead.")


async def delete_link(page: PageRecord, link_id: UUID, now: datetime) -> None:
    """Delete a share link that nobody ever came by. Raises NotFound, and WasUsed when somebody did or bought by it."""
    found = (await link_of(page, link_id, now)).takings
    if found.checkouts or found.registrations:
        raise WasUsed
    async with db.transaction():
        gone = await db.fetch_one(
            """DELETE FROM share_link l WHERE l.id = $1 AND l.page_id = $2 AND l.views = 0 AND l.opened_early_at IS NULL
               AND NOT EXISTS (SELECT 1 FROM stock s WHERE s.id = l.stock_id AND (s.held > 0 OR s.sold > 0))
               RETURNING l.stock_id""",
            *(link_id, page.id),
        )
        if gone is None:
            raise WasUsed
        await drop_unused_stock([gone["stock_id"]])
        await publish(page.topic)


async def _delete(page: PageRecord) -> None:
    folder = f"users/{page.user_id}/pages/{page.id}/"
    await covering.remove_cover(page)
    rows = await db.fetch("SELECT stock_id FROM share_link WHERE page_id = $1", page.id)
    gone = await db.fetch_one(
        """DELETE FROM page WHERE id = $1 AND published_at IS NULL
           AND NOT EXISTS (SELECT 1 FROM page_transition t WHERE t.page_id = page.id) RETURNING stock_id""",
        page.id,
    )
    if gone is None:
        known = await db.fetch_value("SELECT true FROM page WHERE id = $1", page.id)
        raise WasPublished if known else NotFound
    if page.own_code is not None:
        await delete_unused_code(page.own_code.id)
    await forget_page(page.id)
    stocks = [gone["stock_id"], *(row["stock_id"] for row in rows)]
    await drop_unused_stock([*stocks, *(content.stock_id for content in page.contents)])
    # A copy shows its original's cover out of the original's folder.
    shared = await db.fetch_value(
        "SELECT true FROM page WHERE starts_with(cover_key, $1) LIMIT 1", folder
    )
    if not shared:
        await remove_folder(folder)
