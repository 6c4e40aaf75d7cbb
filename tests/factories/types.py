"""Pages of every type, made by the functions that the console calls."""

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
from app.pages.loading import Content, PageRecord
from app.pages.terms import Afterlife
from app.pages.types import page_types
from app.products.queries import product_cards
from tests.factories.products import make_product

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


async def make_draft_of(
    viewer: Viewer,
    type_name: str,
    *,
    now: datetime,
    launch_at: datetime | None = None,
    expires_at: datetime | None = None,
    afterlife: Afterlife | None = None,
    erase_after_days: int | None = None,
    title: str = "By the river",
    description: str = "Bring a **pencil**.",
    **settings: Any,
) -> PageRecord:
    """Make a draft of a type. `settings` are its own; what sells gets one product at 20.00 EUR."""
    page_id = await changing.create(new_id(), viewer, type_name, title, "Europe/Berlin", now)
    page = await loading.by_id(page_id)
    page_type = page_types[type_name]
    products = [await make_product(viewer, now=now)] if page_type.sells else []
    edit = Edit(
        title=title,
        description=description,
        language="en",
        zone="Europe/Berlin",
        theme=page.theme,
        settings=page_type.settings.model_validate(settings),
        afterlife=afterlife or Afterlife(),
        times=replace(page.times, launch_at=launch_at, expires_at=expires_at or now + 30 * DAY),
        contents=await _contents(products, now),
        erase_after_days=erase_after_days,
    )
    await changing.save(page, edit, viewer.user_id, now)
    return await loading.by_id(page_id)


async def _contents(products: Sequence[UUID], now: datetime) -> tuple[Content, ...]:
    cards = await product_cards(products, now)
    return tuple(
        Content(
            UNSTORED,
            product_id,
            index,
            cards[product_id].name,
            cards[product_id].description,
            "",
            cards[product_id].amount,
            cards[product_id].currency,
            None,
            None,
        )
        for index, product_id in enumerate(products)
    )


async def make_page_of(
    viewer: Viewer, type_name: str, *, now: datetime, **options: Any
) -> PageRecord:
    """Make a running page of a type; with a `launch_at` in the future, a scheduled one."""
    draft = await make_draft_of(viewer, type_name, now=now, **options)
    later = draft.times.launch_at is not None and draft.times.launch_at > now
    bring_out = publishing.schedule if later else publishing.publish
    await bring_out(draft, viewer.user_id, now)
    return await loading.by_id(draft.id)


async def make_countdown(
    viewer: Viewer, *, now: datetime, target_in: timedelta = HOUR, **options: Any
) -> PageRecord:
    """Make a running countdown whose target is `target_in` from now."""
    return await make_page_of(
        viewer,
        "countdown",
        now=now,
        target_at=now + target_in,
        **{"title": "The drawer", **options},
    )


async def make_event(
    viewer: Viewer, *, now: datetime, starts_in: timedelta = 10 * DAY, **options: Any
) -> PageRecord:
    """Make an event that takes registrations: three hours long, at a place, with ten seats."""
    start = now + starts_in
    settings: dict[str, Any] = {
        "starts_at": start,
        "ends_at": start + 3 * HOUR,
        "place": {"kind": "physical", "address": "Uferweg 12, Lübeck"},
        "capacity": 10,
        **options,
    }
    return await make_page_of(viewer, "event-registration", now=now, **settings)


async def make_offer(viewer: Viewer, *, now: datetime, **options: Any) -> PageRecord:
    """Make a running limited-time offer: a code worth 30 %, ten pieces."""
    settings: dict[str, Any] = {
        "code": "EARLY-BIRD",
        "discount_percent": 30,
        "limit": 10,
        **options,
    }
    return await make_page_of(viewer, "limited-offer", now=now, **settings)
