"""The demo's discount codes: one for the sale that is running, one for every page, and the offer's own with a number of uses."""

from datetime import datetime, timedelta
from uuid import uuid5

from app.auth.viewer import Viewer
from app.core.errors import NotFound
from app.demo.goods import NAMESPACE, ZONE
from app.demo.occasions import OFFER
from app.demo.sales import RUNNING
from app.orders.codes import changing
from app.pages import loading
from app.stock.capacity import set_capacity
from app.stock.codes.queries import code_of_group
from app.stock.codes.writing import Terms

FIVE_OFF = uuid5(NAMESPACE, "code-five-off")
FOR_FRIENDS = uuid5(NAMESPACE, "code-for-friends")
OFFER_USES = 20


async def codes_are_up(now: datetime) -> bool:
    """Return whether the codes were made before: the one for friends comes last."""
    try:
        page = await loading.by_id(RUNNING.id)
        await code_of_group(FOR_FRIENDS, page.group_id, now)
    except NotFound:
        return False
    return True


async def put_up_codes(creator: Viewer, now: datetime) -> None:
    """Make the codes as far as they are missing; the pages must be up."""
    offer = await loading.by_id(OFFER.id)
    if offer.own_code is not None:
        # Nobody has seen it yet, so its change log stays empty.
        await set_capacity(offer.own_code.stock_id, OFFER_USES, now)
    five = Terms(
        "FIVE-OFF",
        amount=500,
        currency="EUR",
        valid_until=(now + timedelta(days=30)).replace(second=0, microsecond=0),
        zone=ZONE,
        everywhere=True,
    )
    friends = Terms(
        "FRIENDS15",
        percent=15,
        maximum_uses=25,
        per_buyer_limit=1,
        zone=ZONE,
        pages={RUNNING.id},
    )
    await changing.make(FIVE_OFF, five, creator, now)
    await changing.make(FOR_FRIENDS, friends, creator, now)
