"""The demo's past: a sale that went on for two weeks and ended yesterday, with those who looked, bought and thought better."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid5

from app.auth.viewer import Viewer
from app.core.errors import NotFound
from app.core.settings import get_settings
from app.demo.goods import FIELD_NOTES, MORNING_MIST, NAMESPACE
from app.demo.links import NEWSLETTER, POSTER, put_up_sources
from app.demo.pages import Plan, put_up
from app.demo.paying import PastGateway, pay_at_sandbox
from app.demo.visits import DAYS, come_by_link, look_around
from app.orders.checkout import Basket, start_checkout
from app.orders.fulfilling import complete
from app.pages import loading
from app.pages.loading import PageRecord
from app.payments.gateway import get_gateway, standing_in

PAST = Plan(
    "flash-sale",
    "past",
    "Two weeks of harbour light",
    "All the sheets of the summer, for two weeks in autumn.",
    "harbour",
    {"show_original_price": "on", "discount_percent": "20", "inventory": "item"},
    (FIELD_NOTES, MORNING_MIST),
    (60, 90),
)
LASTED = timedelta(days=DAYS)
DAILY = 46


@dataclass(frozen=True)
class Came:
    """Somebody who came to the checkout so many hours after the sale began, and paid or did not."""

    name: str
    hours: float
    item: int
    source: str = ""
    paid: bool = True


CAME = (
    Came("ilse", 1.2, 0, NEWSLETTER),
    Came("jakob", 2.5, 1, NEWSLETTER),
    Came("kira", 9, 0, POSTER, paid=False),
    Came("levi", 31, 1),
    Came("mina", 55, 0, NEWSLETTER),
    Came("nuri", 78, 1, paid=False),
    Came("ona", 102, 1, POSTER),
    Came("piet", 128, 0),
    Came("quirin", 151, 1, NEWSLETTER),
    Came("rosa", 176, 0, NEWSLETTER, paid=False),
    Came("sami", 199, 0),
    Came("tove", 222, 1, POSTER),
    Came("ulla", 247, 0, NEWSLETTER),
    Came("viktor", 270, 1),
    Came("wanda", 290, 0, NEWSLETTER),
)


async def put_up_history(creator: Viewer, now: datetime) -> None:
    """Make the sale of the past, as far as it is missing. Without the payment sandbox nobody bought anything."""
    begin, end = now - LASTED - timedelta(hours=6), now - timedelta(hours=30)
    try:
        await loading.by_id(PAST.id)
    except NotFound:
        await put_up(creator, PAST, None, end, begin)
    else:
        return
    page = await loading.by_id(PAST.id)
    await put_up_sources(creator, page, begin)
    if get_settings().sandbox_payments:
        await _sell(page, begin, now)
    await look_around(page, DAILY, begin, end)
    links = ((NEWSLETTER, 9), (POSTER, 4))
    for source, daily in links:
        await come_by_link(page, source, daily, begin, end)


async def _sell(page: PageRecord, begin: datetime, now: datetime) -> None:
    gateway = PastGateway(now)
    with standing_in(gateway):
        for came in CAME:
            await _check_out(page, came, begin + timedelta(hours=came.hours), gateway)


async def _check_out(page: PageRecord, came: Came, at: datetime, gateway: PastGateway) -> None:
    basket = Basket(
        short_id=page.short_id,
        quantities={page.contents[came.item].id: 1},
        email=f"{came.name}@visitor.example",
        buyer=uuid5(NAMESPACE, came.name).hex,
        attempt=str(uuid5(page.id, came.name)),
        source=came.source,
        terms="link" if came.source else "page",
    )
    placed = await start_checkout(basket, at)
    session_id = gateway.sessions[placed.order_id]
    if came.paid:
        await pay_at_sandbox(session_id)
    else:
        await get_gateway().expire_checkout(session_id)
    await complete(await get_gateway().get_checkout(session_id), at + timedelta(minutes=3))
