"""The discount code that a page hands out itself: a stored code like any other, kept in step with the page's settings.

Everything here joins the caller's transaction. What is taken by another code is a FieldError beside `code`.
"""

from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import Invalid
from app.core.forms import FieldError
from app.core.ids import new_id
from app.core.live import publish
from app.pages import loading
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.recording import record_change, touch
from app.pages.terms import PageSettings
from app.pages.types.base import Sells
from app.stock.codes import writing
from app.stock.codes.finding import ID_BY_STOCK, find_live
from app.stock.codes.queries import CodeRow, code_of_group
from app.stock.codes.writing import Owner, Terms


async def keep_in_step(
    page: PageRecord, settings: PageSettings | Sells, user_id: UUID, now: datetime
) -> None:
    """Let the page's code be what `settings` say: made with the first, renamed with the next, switched off without one.

    What else is said of it in the list of codes (its times, its uses, other pages) stays.
    """
    text, percent = getattr(settings, "code", ""), getattr(settings, "discount_percent", 0)
    own = page.own_code
    if not text:
        if own is not None:
            await writing.switch(own.id, False, user_id, now)
            await _hand_out(page.id, None)
        return
    if own is not None and (own.code, own.percent) == (text, percent):
        return
    await _take_from_the_dead(page, text, user_id, now)
    if own is not None:
        await writing.rename_code(own.id, text, percent, user_id, now)
        return
    await _make(page, page.id, Terms(text, percent, zone=page.zone, pages={page.id}), user_id, now)


async def ensure_in_step(page: PageRecord, user_id: UUID, now: datetime) -> None:
    """The same for a page that is to come out with what is stored. Raises Invalid."""
    try:
        await keep_in_step(page, page.settings, user_id, now)
    except FieldError as error:
        raise Invalid(error.message) from error


async def hand_on(page: PageRecord, new_page_id: UUID, user_id: UUID, now: datetime) -> None:
    """Give the code of a page that is over to the one that follows it: the same word, with new uses and without its times.

    Where another page has taken the word meanwhile, the new page says so when it is saved.
    """
    own, settings = page.own_code, page.sells
    if own is None or not settings.code:
        return
    before = await code_of_group(own.id, page.group_id, now)
    if own.active:
        await writing.switch(own.id, False, user_id, now)
    elif await find_live(page.group_id, own.code) is not None:
        return
    terms = Terms(
        settings.code,
        settings.discount_percent,
        zone=own.zone,
        maximum_uses=before.level.capacity,
        per_buyer_limit=own.per_buyer_limit,
        everywhere=own.everywhere,
        pages=(before.pages - {page.id}) | {new_page_id},
    )
    await _make(page, new_page_id, terms, user_id, now)


async def page_of(code_id: UUID) -> PageRecord | None:
    """Return the page that hands a code out, if any does."""
    page_id = await db.fetch_value("SELECT id FROM page WHERE code_id = $1", code_id)
    return await loading.by_id(page_id) if page_id else None


async def tell_of_use(stock_id: UUID, page_id: UUID) -> None:
    """Tell the visitors of the page that hands out the code of these uses that a checkout on `page_id` changed them.

    That page itself is told with its stock.
    """
    shown_on = await db.fetch_value(
        f"SELECT id FROM page WHERE code_id = {ID_BY_STOCK.format(stock_id='$1')} AND id <> $2",  # noqa: S608 - own text
        *(stock_id, page_id),
    )
    if shown_on is not None:
        await publish(f"page:{shown_on}")


async def _take_from_the_dead(page: PageRecord, text: str, user_id: UUID, now: datetime) -> None:
    """A page that is over needs its word no longer."""
    known = await find_live(page.group_id, text)
    if known is None or (page.own_code and known.id == page.own_code.id):
        return
    owner = await page_of(known.id)
    if owner is not None and owner.state(now) is State.EXPIRED:
        await writing.switch(known.id, False, user_id, now)


async def _make(
    page: PageRecord, page_id: UUID, terms: Terms, user_id: UUID, now: datetime
) -> None:
    code_id = new_id()
    owner = Owner(page.organization_id, page.group_id, user_id)
    await writing.create_code(code_id, owner, terms, now)
    await _hand_out(page_id, code_id)


async def _hand_out(page_id: UUID, code_id: UUID | None) -> None:
    await db.execute("UPDATE page SET code_id = $2 WHERE id = $1", page_id, code_id)


async def tell_changed(before: CodeRow, user_id: UUID, now: datetime) -> None:
    """Tell the visitors of the page that hands out a code that it was changed in the current transaction."""
    page = await page_of(before.code.id)
    if page is None:
        return
    if page.state(now) is not State.DRAFT:
        after = await code_of_group(before.code.id, before.code.group_id, now)
        for kind, old, new in _differences(before, after):
            await record_change(page.id, kind, old, new, now, user_id=user_id)
    await touch(page.id)


def _differences(before: CodeRow, after: CodeRow) -> list[tuple[str, str, str]]:
    """Return what visitors may have relied on, as kinds of change with their values."""

    def said(row: CodeRow) -> dict[str, str]:
        times = {"codefrom": row.code.valid_from, "codeuntil": row.code.valid_until}
        return {
            "uses": "" if row.level.capacity is None else str(row.level.capacity),
            **{kind: at.isoformat() if at else "" for kind, at in times.items()},
            "codeoff": "on" if row.code.active else "off",
        }

    old, new = said(before), said(after)
    return [(kind, old[kind], new[kind]) for kind in old if old[kind] != new[kind]]
