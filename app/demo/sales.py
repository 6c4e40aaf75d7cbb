"""The demo's pages: one sells for an hour, one opens tomorrow, one has given everything away."""

from datetime import datetime, timedelta
from uuid import uuid5

from app.auth.viewer import Viewer
from app.core.errors import Conflict, NotFound
from app.demo.goods import FIELD_NOTES, MORNING_MIST, NAMESPACE, WALLPAPER
from app.demo.links import come_by, put_up_early, put_up_sources
from app.demo.pages import Plan, put_up
from app.orders.checkout import Basket, start_checkout
from app.pages import loading

TYPE = "flash-sale"
GIVEN_AWAY = ("ada", "bela", "chidi", "dunja", "emeka", "freya", "goran", "hana")


RUNNING = Plan(
    TYPE,
    "running",
    "The river, for one hour",
    "Four summers of drawings from one bend of the river.\n\nThey are here **for an hour**, and then they go back in"
    " the drawer.",
    "river",
    {
        "show_original_price": "on",
        "discount_percent": "40",
        "inventory": "item",
        "per_buyer_limit": "3",
        "confirmation_message": "Print the sheets on matt paper, they like that best.",
        "after_message": "The drawings are back in the drawer. The next ones come in summer.",
    },
    (FIELD_NOTES, MORNING_MIST),
    (20, 50),
)
SCHEDULED = Plan(
    TYPE,
    "scheduled",
    "Morning mist, before anyone is up",
    "Three prints, from tomorrow on and for two hours only.",
    "dusk",
    {"show_original_price": "on", "discount_percent": "25", "inventory": "page", "quantity": "40"},
    (MORNING_MIST,),
)
SOLD_OUT = Plan(
    TYPE,
    "sold-out",
    "One night, given away",
    f"A wallpaper for the first {len(GIVEN_AWAY)} who come by.",
    "night",
    {
        "show_original_price": "on",
        "discount_percent": "100",
        "inventory": "page",
        "quantity": str(len(GIVEN_AWAY)),
        "per_buyer_limit": "1",
        "sold_out_text": "All of them found a screen. Thank you for coming by.",
    },
    (WALLPAPER,),
)


async def sales_are_up() -> bool:
    """Return whether everything was made before: the sale that is over comes last."""
    try:
        page = await loading.by_id(SOLD_OUT.id)
    except NotFound:
        return False
    return page.times.ended_at is not None


async def put_up_sales(creator: Viewer, now: datetime) -> None:
    """Make the pages, and the orders that emptied the last one, as far as they are missing."""
    hour, day = timedelta(hours=1), timedelta(days=1)
    await put_up(creator, RUNNING, None, now + hour, now)
    await put_up(creator, SCHEDULED, now + day, now + day + 2 * hour, now)
    await put_up_early(creator, await loading.by_id(SCHEDULED.id), now)
    await put_up(creator, SOLD_OUT, None, now + day, now)
    await put_up_sources(creator, await loading.by_id(SOLD_OUT.id), now)
    await _give_away(now)


async def _give_away(now: datetime) -> None:
    page = await loading.by_id(SOLD_OUT.id)
    sources = await come_by(page, GIVEN_AWAY, now)
    for name in GIVEN_AWAY:
        basket = Basket(
            short_id=page.short_id,
            quantities={page.contents[0].id: 1},
            email=f"{name}@visitor.example",
            buyer=uuid5(NAMESPACE, name).hex,
            attempt=str(uuid5(page.id, name)),
            source=sources[name],
        )
        try:
            await start_checkout(basket, now)
        except Conflict:
            # Taken before an interruption; each may have one.
            continue
