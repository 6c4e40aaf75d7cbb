"""Pages for tests, made by the functions that the console calls."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from app.auth.viewer import Viewer
from app.core.ids import new_id
from app.pages import changing, loading, publishing
from app.pages.contents import UNSTORED
from app.pages.editing import Edit
from app.pages.lifecycle import PageTimes
from app.pages.loading import Content, PageRecord
from app.pages.terms import Afterlife
from app.pages.types import page_types
from app.products.queries import product_cards
from tests.factories.products import make_product


async def make_draft(
    viewer: Viewer,
    *,
    now: datetime,
    products: Sequence[UUID] | None = None,
    title: str = "Summer sale",
    quantity: int | None = 10,
    per_item: Sequence[int] | None = None,
    launch_at: datetime | None = None,
    expires_at: datetime | None = None,
    afterlife: Afterlife | None = None,
    amount: int | None = None,
    **settings: Any,
) -> PageRecord:
    """Make a flash-sale draft of `products` (else one product at 20.00 EUR), with 25 % off.

    `quantity` pieces for the page (None: unlimited), or `per_item` pieces of each product. `settings` are those of
    FlashSaleSettings.
    """
    ids = list(products) if products is not None else [await make_product(viewer, now=now)]
    page_id = await changing.create(new_id(), viewer, "flash-sale", title, "Europe/Berlin", now)
    page = await loading.by_id(page_id)
    limit = "item" if per_item else "page" if quantity is not None else "none"
    values = {
        "discount_percent": 25,
        "inventory": {"limit": limit, "quantity": quantity if limit == "page" else None},
        **settings,
    }
    cards = await product_cards(ids, now)
    edit = Edit(
        title=title,
        description="**Everything** must go.",
        language="en",
        zone="Europe/Berlin",
        theme=page.theme,
        settings=page_types["flash-sale"].settings.model_validate(values),
        afterlife=afterlife or Afterlife(),
        times=PageTimes(launch_at=launch_at, expires_at=expires_at or now + timedelta(hours=1)),
        contents=tuple(
            Content(
                UNSTORED,
                product_id,
                index,
                cards[product_id].name,
                cards[product_id].description,
                "",
                cards[product_id].amount if amount is None else amount,
                cards[product_id].currency,
                per_item[index] if per_item else None,
                None,
                instead=cards[product_id].instead,
            )
            for index, product_id in enumerate(ids)
        ),
    )
    await changing.save(page, edit, viewer.user_id, now)
    return await loading.by_id(page_id)


async def make_page(viewer: Viewer, *, now: datetime, **options: Any) -> PageRecord:
    """Make a running flash sale; with a `launch_at` in the future, a scheduled one. Options as for `make_draft`."""
    draft = await make_draft(viewer, now=now, **options)
    if draft.times.launch_at is not None and draft.times.launch_at > now:
        await publishing.schedule(draft, viewer.user_id, now)
    else:
        await publishing.publish(draft, viewer.user_id, now)
    return await loading.by_id(draft.id)


def moved(page: PageRecord, **times: datetime | None) -> PageRecord:
    """Return `page` with other times, not stored."""
    return replace(page, times=replace(page.times, **times))
