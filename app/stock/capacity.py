"""How many units there are: made with a page, changed by its creator."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.core.ids import new_id
from app.stock.levels import levels


async def create_stock(capacity: int | None) -> UUID:
    """Make a stock of `capacity` units (None: unlimited) in the current transaction; return its id."""
    stock_id = new_id()
    await db.execute("INSERT INTO stock (id, capacity) VALUES ($1, $2)", stock_id, capacity)
    return stock_id


async def set_capacity(stock_id: UUID, capacity: int | None, now: datetime) -> None:
    """Change the capacity. The caller publishes its page.

    Raises Conflict when more than `capacity` units are sold or held, NotFound for an unknown stock.
    """
    changed = await db.execute(
        "UPDATE stock SET capacity = $2 WHERE id = $1 AND ($2::int IS NULL OR held + sold <= $2)",
        stock_id,
        capacity,
    )
    if changed:
        return
    level = (await levels([stock_id])).get(stock_id)
    if level is None:
        raise NotFound
    raise Conflict(
        _("%(n)s are sold or in baskets already: it can't be less.", n=level.held + level.sold)
    )


async def drop_unused_stock(stock_ids: Iterable[UUID | None]) -> None:
    """Delete stocks of what was deleted in the current transaction, where nothing was ever sold or held."""
    await db.execute(
        "DELETE FROM stock WHERE id = ANY($1::uuid[]) AND held = 0 AND sold = 0",
        [stock_id for stock_id in stock_ids if stock_id is not None],
    )
