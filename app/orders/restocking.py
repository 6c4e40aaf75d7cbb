"""What a refund gives back: pieces when the seller asks for it, the use of a code or link when all the money went back.

Both in one statement, so that its rows are locked in the order of every other.
"""

from uuid import UUID

from app.core import db
from app.orders.placing import topic_of
from app.orders.telling import tell_of_use
from app.stock import holding


async def put_back(
    order_id: UUID, page_id: UUID, money: int, *, whole: bool, restock: bool
) -> None:
    """Give back, in the current transaction, what a refund of `money` (minor units) frees; `whole` says that with it
    everything was refunded. Pieces go back only to `restock`: as many whole ones as the money pays for, or all."""
    units: dict[UUID, int] = {}
    if restock:
        units = await _pieces(order_id, None if whole else money)
    uses = await _uses(order_id) if whole else []
    for stock_id in uses:
        units[stock_id] = units.get(stock_id, 0) + 1
    if units:
        await holding.take_back(units, topic_of(page_id))
    for stock_id in uses:
        await tell_of_use(stock_id, page_id)


async def _pieces(order_id: UUID, money: int | None) -> dict[UUID, int]:
    lines = await db.fetch(
        "SELECT id, stock_id, quantity - restocked AS left, amount FROM order_line WHERE order_id = $1 "
        "AND quantity > restocked ORDER BY amount DESC, id FOR UPDATE",
        order_id,
    )
    units: dict[UUID, int] = {}
    for line in lines:
        count = line["left"]
        if money is not None:
            count = min(count, money // line["amount"]) if line["amount"] else 0
            money -= count * line["amount"]
        if count:
            units[line["stock_id"]] = units.get(line["stock_id"], 0) + count
            await db.execute(
                "UPDATE order_line SET restocked = restocked + $2 WHERE id = $1", line["id"], count
            )
    return units


async def _uses(order_id: UUID) -> list[UUID]:
    """Return the stocks of which a paid order had a use until now: of a code or link that lowered its price, and of a link
    that let the buyer in early."""
    row = await db.fetch_one(
        """UPDATE "order" SET discount_returned = true WHERE id = $1 AND completed_at IS NOT NULL
           AND (discount_stock_id IS NOT NULL OR entry_stock_id IS NOT NULL) AND NOT discount_returned
           RETURNING discount_stock_id, entry_stock_id""",
        order_id,
    )
    return [stock_id for stock_id in row.values() if stock_id is not None] if row else []
