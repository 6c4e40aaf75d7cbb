"""Taking a priced basket out of stock: its pieces and the uses of a discount and a link, all or none, in one statement."""

from datetime import datetime
from uuid import UUID

from app.orders import redeeming
from app.orders.placing import topic_of
from app.orders.pricing import Priced, units_by_stock
from app.pages.entering import used_up
from app.pages.selling import Offer
from app.stock import holding
from app.stock.holding import OutOfStock


async def reserve(
    priced: Priced,
    hold_id: UUID,
    offer: Offer,
    buyer_key: str,
    now: datetime,
    until: datetime | None,
    entry: UUID | None = None,
) -> bool:
    """Hold the basket until `until`, or sell it when that is None, with a use of `entry`'s stock. Return whether a stock is
    sold out now.

    Raises OutOfStock, or CodeRefused or Conflict when it is the code or the link of which no use is left; nothing is
    taken then.
    """
    units = units_by_stock(priced) | ({entry: 1} if entry else {})
    topic = topic_of(offer.page_id)
    try:
        if until is None:
            return await holding.buy(
                units, hold_id=hold_id, topic=topic, buyer_key=buyer_key, now=now
            )
        await holding.hold(
            units,
            hold_id=hold_id,
            topic=topic,
            buyer_key=buyer_key,
            now=now,
            until=until,
            then="orders.hold_lapsed",
        )
    except OutOfStock as error:
        used = priced.discount
        if used and used.kind == redeeming.KIND and used.stock_id == error.stock_id:
            raise redeeming.used_up(error.level) from error
        link = offer.arrival.link if offer.arrival else None
        if link and link.stock_id == error.stock_id:
            raise used_up(error.level) from error
        raise
    return False
