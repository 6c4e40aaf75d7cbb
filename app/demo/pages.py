"""Putting up a demo page as its creator would: the editor's form is filled in, read, stored and published."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID, uuid5

from app.auth.viewer import Viewer
from app.core.errors import NotFound
from app.core.forms import validate
from app.core.local_times import fold_of, to_local
from app.core.money import format_amount_input
from app.core.theme import PRESETS
from app.demo.goods import NAMESPACE, ZONE, Good
from app.pages import changing, loading, publishing
from app.pages.editing import form_of, read_edit
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.picking import choices
from app.pages.types import page_types


@dataclass(frozen=True)
class Plan:
    """A page to be: `settings` are the form's fields that differ from the defaults."""

    type: str
    key: str
    title: str
    description: str
    theme: str
    settings: Mapping[str, Any]
    goods: Sequence[Good] = ()
    quantities: Sequence[int] = field(default_factory=tuple[int, ...])

    @property
    def id(self) -> UUID:
        return uuid5(NAMESPACE, self.key)


async def is_up(plan: Plan, now: datetime) -> bool:
    """Return whether the page was brought out before."""
    try:
        page = await loading.by_id(plan.id)
    except NotFound:
        return False
    return page.state(now) is not State.DRAFT


async def put_up(
    creator: Viewer,
    plan: Plan,
    launch: datetime | None,
    end: datetime,
    now: datetime,
    **moments: datetime,
) -> None:
    """Make and publish the page as far as that is missing; `moments` are the type's own fields of a time."""
    await changing.create(plan.id, creator, plan.type, plan.title, ZONE, now)
    page = await loading.by_id(plan.id)
    if page.state(now) is not State.DRAFT:
        return
    cards = await choices(creator.group_id, [], now)
    form = validate(page_types[plan.type].form, _typed(page, plan, launch, end, moments))
    edit = read_edit(form, page, cards, now)
    assert edit is not None and form.ok, form.errors
    await changing.save(page, edit, creator.user_id, now)
    bring_out = publishing.schedule if launch else publishing.publish
    await bring_out(await loading.by_id(plan.id), creator.user_id, now)


def _typed(
    page: PageRecord,
    plan: Plan,
    launch: datetime | None,
    end: datetime,
    moments: Mapping[str, datetime],
) -> dict[str, Any]:
    """Return the editor's form as the creator would have filled it in. Times end with the minute, so round up."""
    theme = PRESETS[plan.theme]
    times = {"launch_at": launch, "expires_at": end + timedelta(seconds=59), **moments}
    return {
        # What a browser leaves out: boxes that are not ticked.
        **{name: value for name, value in form_of(page).values.items() if value != ""},
        **{name: getattr(theme, name) for name in theme.__dataclass_fields__},
        "description": plan.description,
        **{name: to_local(moment, ZONE) for name, moment in times.items()},
        **{f"{name}_fold": fold_of(moment, ZONE) for name, moment in times.items()},
        "item": [str(good.id) for good in plan.goods],
        "item_amount": [format_amount_input(good.amount, "EUR") for good in plan.goods],
        "item_quantity": [str(number) for number in plan.quantities],
        **plan.settings,
    }
