"""Publishing a page: at once, at its launch time, or taking it back before it has launched."""

from datetime import datetime
from uuid import UUID

from app.auth.verifying import ensure_verified
from app.core import db
from app.core.errors import Conflict, Invalid
from app.core.i18n import gettext as _
from app.pages import lifecycle, own_codes
from app.pages.arriving import opened_early
from app.pages.lifecycle import Cause, PageTimes
from app.pages.loading import PageRecord
from app.pages.recording import record_transition, store_times, touch
from app.pages.room import ensure_room_for_pages
from app.products.queries import lacking_files
from app.stock.capacity import create_stock, set_capacity


async def publish(page: PageRecord, user_id: UUID, now: datetime) -> None:
    """Make a draft or scheduled page active at once.

    Raises Refused, Invalid when something is missing or the user's address is not confirmed, Conflict, LimitReached.
    """
    await _bring_out(page, lifecycle.publish(page.times, now), user_id, now)


async def schedule(page: PageRecord, user_id: UUID, now: datetime) -> None:
    """Let a draft launch at its launch time. Raises like `publish`."""
    await _bring_out(page, lifecycle.schedule(page.times, now), user_id, now)


async def unschedule(page: PageRecord, user_id: UUID, now: datetime) -> None:
    """Make a scheduled page a draft again. Raises Refused, Conflict once somebody came in before the launch."""
    before, after = page.state(now), lifecycle.unschedule(page.times, now)
    async with db.transaction():
        await store_times(page, after, now)
        if await opened_early(page.id):
            raise Conflict(_("A share link has let people in before the launch already."))
        await record_transition(
            page.id, before, lifecycle.state_at(after, now), now, Cause.HAND, now, user_id
        )
        await _touch_predecessors(page)


async def _bring_out(page: PageRecord, after: PageTimes, user_id: UUID, now: datetime) -> None:
    require_complete(page, after)
    await ensure_verified(user_id)
    async with db.transaction():
        await store_times(page, after, now)
        await _require_deliverable(page)
        await _fill_stock(page, now)
        await own_codes.ensure_in_step(page, user_id, now)
        await record_transition(
            page.id,
            page.state(now),
            lifecycle.state_at(after, now),
            now,
            Cause.HAND,
            now,
            user_id,
        )
        await _touch_predecessors(page)
        await ensure_room_for_pages(page.organization_id, now)


async def _require_deliverable(page: PageRecord) -> None:
    """Raise Invalid when buyers would get nothing: no file, and no word of what they get instead."""
    if lacking := await lacking_files(page.product_ids()):
        raise Invalid(
            _(
                "“%(name)s” has no file. Upload one, or say at the product what buyers get instead of a download.",
                name=lacking[0],
            )
        )


async def _touch_predecessors(page: PageRecord) -> None:
    """Pages that lead to this one look different now that it is out, or not any more."""
    for row in await db.fetch("SELECT id FROM page WHERE successor_id = $1", page.id):
        await touch(row["id"])


def require_complete(page: PageRecord, times: PageTimes) -> None:
    """Raise Invalid when something is missing that a page needs to be out with these times."""
    if words := page.page_type.incomplete(page.settings):
        raise Invalid(words)
    for _field, words in page.page_type.check(page.settings, times):
        raise Invalid(words)
    if page.page_type.sells and not page.contents:
        raise Invalid(_("Please put at least one product on the page first."))
    if len({content.currency for content in page.contents}) > 1:
        raise Invalid(_("All products of a page must have the same currency."))
    per_item = page.sells.stock_limit == "item"
    if per_item and any(content.quantity is None for content in page.contents):
        raise Invalid(_("Please enter how many there are of each product."))


async def _fill_stock(page: PageRecord, now: datetime) -> None:
    """Let the stocks hold what the settings say. An unlimited page has a stock too, without capacity."""
    if page.stock_id is None:
        raise Conflict
    await set_capacity(page.stock_id, page.sells.quantity, now)
    if page.sells.stock_limit != "item":
        return
    for content in page.contents:
        if content.stock_id is not None:
            await set_capacity(content.stock_id, content.quantity, now)
            continue
        await db.execute(
            "UPDATE page_content SET stock_id = $2 WHERE id = $1",
            content.id,
            await create_stock(content.quantity),
        )
