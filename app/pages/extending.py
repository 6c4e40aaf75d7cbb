"""More of it: a later deadline, more pieces. Both are told to the visitors in the change log."""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.pages import lifecycle, loading
from app.pages.lifecycle import State
from app.pages.loading import Content, PageRecord
from app.pages.recording import record_change, store_times, touch
from app.pages.telling import tell_added_stock
from app.pages.terms import MAXIMUM_QUANTITY
from app.stock.capacity import set_capacity

STOCKED = (State.SCHEDULED, State.ACTIVE, State.PAUSED)


async def extend(page: PageRecord, until: datetime, user_id: UUID, now: datetime) -> None:
    """Move the deadline to the later moment `until`. Raises Refused, Conflict."""
    after = lifecycle.extend(page.times, until, now)
    async with db.transaction():
        await store_times(page, after, now)
        await record_change(
            page.id,
            "deadline",
            page.times.expires_at.isoformat() if page.times.expires_at else "",
            until.isoformat(),
            now,
            user_id=user_id,
        )


async def add_stock(
    page: PageRecord,
    add: int,
    content_id: UUID | None,
    user_id: UUID,
    now: datetime,
    change_id: UUID | None = None,
) -> None:
    """Add `add` pieces to the page's stock, or to that of one item; doing it again under the same `change_id` adds
    nothing. Raises Conflict, NotFound."""
    async with db.transaction():
        # Locked and read again, so that two additions add up, and none writes over a change of the settings.
        await db.execute("SELECT 1 FROM page WHERE id = $1 FOR UPDATE", page.id)
        page = await loading.by_id(page.id)
        if page.state(now) not in STOCKED:
            raise Conflict(lifecycle.refusal(page.state(now)))
        if await db.fetch_one("SELECT 1 FROM page_change WHERE id = $1", change_id):
            return
        if page.sells.stock_limit == "page" and content_id is None:
            before, after = await _add_to_page(page, add, now)
            subject = ""
        elif page.sells.stock_limit == "item":
            content = next((each for each in page.contents if each.id == content_id), None)
            if content is None:
                raise NotFound
            before, after = await _add_to_item(content, add, now)
            subject = content.title
        else:
            raise Conflict(_("This page's stock has no limit."))
        await record_change(
            page.id,
            "stock",
            before,
            after,
            now,
            user_id=user_id,
            subject=subject,
            change_id=change_id,
        )
        await touch(page.id)
        await tell_added_stock(page.id)


async def _add_to_page(page: PageRecord, add: int, now: datetime) -> tuple[int, int]:
    before = page.sells.quantity
    if page.stock_id is None or before is None:
        raise Conflict(_("This page's stock has no limit."))
    after = _sum(before, add)
    await set_capacity(page.stock_id, after, now)
    await db.execute(
        "UPDATE page SET settings = $2, updated_at = $3 WHERE id = $1",
        page.id,
        page.sells.with_quantity(after).model_dump_json(),
        now,
    )
    return before, after


async def _add_to_item(content: Content, add: int, now: datetime) -> tuple[int, int]:
    before = content.quantity
    if content.stock_id is None or before is None:
        raise Conflict
    after = _sum(before, add)
    await set_capacity(content.stock_id, after, now)
    await db.execute("UPDATE page_content SET quantity = $2 WHERE id = $1", content.id, after)
    return before, after


def _sum(before: int, add: int) -> int:
    if before + add > MAXIMUM_QUANTITY:
        raise Conflict(_("That is too large."))
    return before + add
