"""Share links: the page's address with signed parameters, made and stopped; and the signed link to a page's preview."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.core.live import publish
from app.core.settings import get_settings
from app.core.signing import sign_url
from app.pages.arriving import LINK_COLUMNS, LINKS, Link, address_of, read_link, read_uses
from app.pages.loading import PageRecord
from app.stock.capacity import create_stock
from app.stock.levels import Level

PREVIEW_TTL = timedelta(hours=24)
MOST_LINKS = 200


@dataclass(frozen=True)
class Terms:
    """What a link is to give: early access by so many minutes, per cent off, until when, and how many times."""

    early_minutes: int | None = None
    discount_percent: int = 0
    use_before: datetime | None = None
    uses: int | None = None


def public_url(page: PageRecord) -> str:
    return f"{get_settings().base_url}/p/{page.short_id}"


def preview_url(page: PageRecord, now: datetime) -> str:
    """Return a link that shows any moment of the page as it is stored to whoever has it, for a day."""
    return get_settings().base_url + sign_url(f"/p/{page.short_id}/preview", {}, now, PREVIEW_TTL)


def url_of(page: PageRecord, link: Link) -> str:
    return get_settings().base_url + address_of(page, link)


async def make_link(
    page: PageRecord, source: str, terms: Terms, user_id: UUID, now: datetime
) -> None:
    """Make the share link for `source`; making the same again changes nothing.

    Raises Conflict when there is one with other terms, or too many.
    """
    async with db.transaction():
        # Held until the link is there: two who make the same one take turns.
        await db.execute("SELECT 1 FROM page WHERE id = $1 FOR NO KEY UPDATE", page.id)
        rows = await db.fetch(f"SELECT {LINK_COLUMNS} FROM {LINKS} WHERE l.page_id = $1", page.id)  # noqa: S608 - own constants
        known = {row["source"]: row for row in rows}
        if source in known:
            _ensure_same(read_link(known[source]), read_uses(known[source]), terms)
            return
        if len(rows) >= MOST_LINKS:
            raise Conflict(_("At most %(n)s share links for one page.", n=MOST_LINKS))
        stock_id = await create_stock(terms.uses) if terms.uses is not None else None
        await db.execute(
            """INSERT INTO share_link (id, page_id, user_id, source, early_minutes, discount_percent, use_before, stock_id,
                 created_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)""",
            *(new_id(), page.id, user_id, source, terms.early_minutes, terms.discount_percent),
            *(terms.use_before, stock_id, now),
        )
        # Whoever came from this source before, in a frame say, comes by the link from now on.
        await publish(page.topic)


def _ensure_same(known: Link, uses: Level | None, terms: Terms) -> None:
    early = timedelta(minutes=terms.early_minutes or 0)
    asked = (early, terms.discount_percent, terms.use_before, terms.uses)
    capacity = uses.capacity if uses else None
    if asked != (known.early, known.discount_percent, known.use_before, capacity):
        raise Conflict(
            _("There is a link for this source already, and what a link gives never changes.")
        )


async def stop(page: PageRecord, link_id: UUID, user_id: UUID, now: datetime) -> None:
    """Let a link give nothing from now on; it still leads to the page. Raises NotFound."""
    await _set(page, link_id, now, user_id)


async def resume(page: PageRecord, link_id: UUID) -> None:
    """Let a stopped link give what it gave. Raises NotFound."""
    await _set(page, link_id, None, None)


async def _set(
    page: PageRecord, link_id: UUID, stopped_at: datetime | None, user_id: UUID | None
) -> None:
    async with db.transaction():
        changed = await db.execute(
            """UPDATE share_link SET stopped_at = $3, stopped_by = $4 WHERE id = $1 AND page_id = $2
               AND (stopped_at IS NULL) = ($3::timestamptz IS NOT NULL)""",
            *(link_id, page.id, stopped_at, user_id),
        )
        if changed:
            await publish(page.topic)
        elif not await db.fetch_one(
            "SELECT 1 FROM share_link WHERE id = $1 AND page_id = $2", link_id, page.id
        ):
            raise NotFound
