"""The demo's pages: one sells for an hour, one opens tomorrow, one has given everything away."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from app.auth.viewer import Viewer
from app.core.errors import Conflict, NotFound
from app.core.forms import validate
from app.core.money import format_amount_input
from app.core.theme import PRESETS
from app.demo.goods import FIELD_NOTES, MORNING_MIST, NAMESPACE, WALLPAPER, ZONE, Good
from app.orders.checkout import Basket, start_checkout
from app.pages import changing, loading, publishing
from app.pages.editing import form_of, read_edit
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.local_times import fold_of, to_local
from app.pages.picking import choices
from app.pages.types import page_types

TYPE = "flash-sale"
GIVEN_AWAY = ("ada", "bela", "chidi", "dunja", "emeka", "freya", "goran", "hana")


@dataclass(frozen=True)
class Sale:
    """A page to be: `settings` are the form's fields that differ from the defaults."""

    key: str
    title: str
    description: str
    theme: str
    goods: Sequence[Good]
    quantities: Sequence[int]
    settings: Mapping[str, Any]

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, self.key)


RUNNING = Sale(
    "running",
    "The river, for one hour",
    "Four summers of drawings from one bend of the river.\n\nThey are here **for an hour**, and then they go back in"
    " the drawer.",
    "river",
    (FIELD_NOTES, MORNING_MIST),
    (20, 50),
    {
        "discount_percent": "40",
        "inventory": "item",
        "per_buyer_limit": "3",
        "confirmation_message": "Print the sheets on matt paper, they like that best.",
        "after_message": "The drawings are back in the drawer. The next ones come in summer.",
    },
)
SCHEDULED = Sale(
    "scheduled",
    "Morning mist, before anyone is up",
    "Three prints, from tomorrow on and for two hours only.",
    "dusk",
    (MORNING_MIST,),
    (),
    {"discount_percent": "25", "inventory": "page", "quantity": "40"},
)
SOLD_OUT = Sale(
    "sold-out",
    "One night, given away",
    f"A wallpaper for the first {len(GIVEN_AWAY)} who come by.",
    "night",
    (WALLPAPER,),
    (),
    {
        "discount_percent": "100",
        "inventory": "page",
        "quantity": str(len(GIVEN_AWAY)),
        "per_buyer_limit": "1",
        "sold_out_text": "All of them found a screen. Thank you for coming by.",
    },
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
    await _put_up(creator, RUNNING, None, now + hour, now)
    await _put_up(creator, SCHEDULED, now + day, now + day + 2 * hour, now)
    await _put_up(creator, SOLD_OUT, None, now + day, now)
    await _give_away(now)


async def _put_up(
    creator: Viewer, sale: Sale, launch: datetime | None, end: datetime, now: datetime
) -> None:
    await changing.create(sale.id, creator, TYPE, sale.title, ZONE, now)
    page = await loading.by_id(sale.id)
    if page.state(now) is not State.DRAFT:
        return
    cards = await choices(creator.group_id, [], now)
    form = validate(page_types[TYPE].form, _typed(page, sale, launch, end))
    edit = read_edit(form, page, cards, now)
    assert edit is not None and form.ok, form.errors
    await changing.save(page, edit, creator.user_id, now)
    bring_out = publishing.schedule if launch else publishing.publish
    await bring_out(await loading.by_id(sale.id), creator.user_id, now)


def _typed(page: PageRecord, sale: Sale, launch: datetime | None, end: datetime) -> dict[str, Any]:
    """Return the editor's form as the creator would have filled it in. Times end with the minute, so round up."""
    theme = PRESETS[sale.theme]
    end += timedelta(seconds=59)
    return {
        # What a browser leaves out: boxes that are not ticked.
        **{name: value for name, value in form_of(page).values.items() if value != ""},
        **{name: getattr(theme, name) for name in theme.__dataclass_fields__},
        "description": sale.description,
        "launch_at": to_local(launch, ZONE),
        "launch_at_fold": fold_of(launch, ZONE),
        "expires_at": to_local(end, ZONE),
        "expires_at_fold": fold_of(end, ZONE),
        "show_original_price": "on",
        "item": [str(good.id) for good in sale.goods],
        "item_amount": [format_amount_input(good.amount, "EUR") for good in sale.goods],
        "item_quantity": [str(number) for number in sale.quantities],
        **sale.settings,
    }


async def _give_away(now: datetime) -> None:
    page = await loading.by_id(SOLD_OUT.id)
    for name in GIVEN_AWAY:
        basket = Basket(
            short_id=page.short_id,
            quantities={page.contents[0].id: 1},
            email=f"{name}@visitor.example",
            buyer=uuid5(NAMESPACE, name).hex,
            attempt=str(uuid5(page.id, name)),
        )
        try:
            await start_checkout(basket, now)
        except Conflict:
            # Taken before an interruption; each may have one.
            continue
