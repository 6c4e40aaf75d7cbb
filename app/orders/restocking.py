"""Refunded pieces go back on sale when the seller asks for it."""

from uuid import UUID

from app.core import db
from app.orders.placing import topic_of
from app.stock import holding


async def put_back(order_id: UUID, page_id: UUID, money: int | None) -> int:
    """Put an order's pieces on sale again in the current transaction; return how many.

    `money` (minor units) is what was refunded: as many whole pieces as it pays for go back. None means all of them.
    """
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
    if units:
        await holding.take_back(units, topic_of(page_id))
    return sum(units.values())
