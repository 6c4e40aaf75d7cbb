"""Making and changing codes. Every function joins the caller's transaction; what stands against it belongs beside a field
and undoes the whole of it."""

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

import asyncpg

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.forms import FieldError
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.stock.capacity import create_stock, set_capacity

LIVE_INDEX = "discount_code_live"


@dataclass(frozen=True)
class Owner:
    """Whose code it is, and who makes it."""

    organization_id: UUID
    group_id: UUID
    user_id: UUID


@dataclass(frozen=True)
class Terms:
    """What a code is. `code` is normalized; exactly one of `percent` and `amount` (minor units of `currency`) is given;
    `maximum_uses` None is without limit; `pages` are ids of the pages it is for unless `everywhere`."""

    code: str
    percent: int | None = None
    amount: int | None = None
    currency: str = ""
    valid_from: datetime | None = None
    valid_until: datetime | None = None
    zone: str = "UTC"
    maximum_uses: int | None = None
    per_buyer_limit: int | None = None
    everywhere: bool = False
    pages: Collection[UUID] = field(default_factory=frozenset[UUID])


async def create_code(code_id: UUID, owner: Owner, terms: Terms, now: datetime) -> None:
    """Make a code. Making the same id again changes nothing.

    Raises FieldError beside `code` when the group has a live code of that name, NotFound when the id is another group's.
    """
    async with db.transaction():
        stock_id = await create_stock(terms.maximum_uses)
        made = await db.execute(
            """INSERT INTO discount_code (id, organization_id, group_id, created_by, updated_by, stock_id, code, percent,
                 amount, currency, valid_from, valid_until, zone, per_buyer_limit, everywhere, active, created_at, updated_at)
               VALUES ($1, $2, $3, $4, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, true, $15, $15)
               ON CONFLICT DO NOTHING""",
            *(code_id, owner.organization_id, owner.group_id, owner.user_id),
            *(stock_id, terms.code, terms.percent, terms.amount, terms.currency),
            *(terms.valid_from, terms.valid_until, terms.zone),
            *(terms.per_buyer_limit, terms.everywhere, now),
        )
        if not made:
            await db.execute("DELETE FROM stock WHERE id = $1", stock_id)
            await _known_or_taken(code_id, owner.group_id)
            return
        await _set_pages(code_id, terms.pages)


async def change_code(code_id: UUID, terms: Terms, user_id: UUID, now: datetime) -> None:
    """Give a code other terms. Orders keep what they were promised.

    Raises FieldError beside `code` (as above) or `maximum_uses` (more are taken or held).
    """
    async with db.transaction():
        stock_id = await _store(
            code_id,
            """code = $4, percent = $5, amount = $6, currency = $7, valid_from = $8, valid_until = $9, zone = $10,
               per_buyer_limit = $11, everywhere = $12""",
            *(user_id, now, terms.code, terms.percent, terms.amount, terms.currency),
            *(terms.valid_from, terms.valid_until, terms.zone, terms.per_buyer_limit),
            terms.everywhere,
        )
        try:
            await set_capacity(stock_id, terms.maximum_uses, now)
        except Conflict as error:
            raise FieldError("maximum_uses", _("More are taken or in baskets already.")) from error
        await _set_pages(code_id, terms.pages)


async def rename_code(code_id: UUID, code: str, percent: int, user_id: UUID, now: datetime) -> None:
    """Give a code another name and worth, in per cent. Raises FieldError beside `code`."""
    what = "code = $4, percent = $5, amount = NULL, currency = ''"
    await _store(code_id, what, user_id, now, code, percent)


async def switch(code_id: UUID, active: bool, user_id: UUID, now: datetime) -> None:
    """Switch a code on or off. Raises FieldError beside `code` when another of its name is live."""
    await _store(code_id, "active = $4", user_id, now, active)


async def delete_unused_code(code_id: UUID) -> bool:
    """Delete a code that nobody ever used. False when it is used or held; then it can be switched off.

    Raises one of `db.REFERRED_TO` when an order or a page refers to it.
    """
    async with db.transaction():
        stock_id = await db.fetch_value(
            """DELETE FROM discount_code c USING stock s WHERE c.id = $1 AND s.id = c.stock_id
               AND s.held = 0 AND s.sold = 0 RETURNING s.id""",
            code_id,
        )
        if stock_id is not None:
            await db.execute("DELETE FROM stock WHERE id = $1", stock_id)
    return stock_id is not None


async def forget_page(page_id: UUID) -> None:
    """Take a deleted page off all codes."""
    await db.execute("DELETE FROM discount_code_page WHERE page_id = $1", page_id)


async def _store(code_id: UUID, what: str, user_id: UUID, now: datetime, *values: object) -> UUID:
    """Set `what`, whose values begin at $4; return the stock of the code's uses."""
    try:
        stock_id = await db.fetch_value(
            f"UPDATE discount_code SET {what}, updated_by = $2, updated_at = $3 WHERE id = $1 RETURNING stock_id",  # noqa: S608 - own text
            *(code_id, user_id, now, *values),
        )
    except asyncpg.UniqueViolationError as error:
        if LIVE_INDEX not in str(error):
            raise
        raise taken() from error
    if stock_id is None:
        raise NotFound
    return stock_id


async def _known_or_taken(code_id: UUID, group_id: UUID) -> None:
    owner = await db.fetch_value("SELECT group_id FROM discount_code WHERE id = $1", code_id)
    if owner is None:
        raise taken()
    if owner != group_id:
        raise NotFound


def taken() -> FieldError:
    return FieldError("code", _("There is a code of this name already. Switch that one off first."))


async def _set_pages(code_id: UUID, pages: Collection[UUID]) -> None:
    await db.execute(
        "DELETE FROM discount_code_page WHERE code_id = $1 AND page_id <> ALL($2::uuid[])",
        *(code_id, list(pages)),
    )
    await db.execute_many(
        "INSERT INTO discount_code_page (id, code_id, page_id) VALUES ($1, $2, $3) ON CONFLICT DO NOTHING",
        [(new_id(), code_id, page_id) for page_id in pages],
    )
