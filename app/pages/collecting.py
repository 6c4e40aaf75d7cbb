"""What registrations need to know of a page: what it asks, whether it takes them at a moment, and the stock of places."""

from dataclasses import dataclass
from datetime import datetime
from typing import cast
from uuid import UUID

from app.core.errors import Conflict, NotFound
from app.core.i18n import gettext as _
from app.pages import loading
from app.pages.arriving import Arrival, arrival
from app.pages.lifecycle import PageTimes, State
from app.pages.loading import PageRecord
from app.pages.suspending import ensure_available
from app.pages.terms import PageSettings
from app.pages.types.base import Acceptance, Moment, Registers
from app.pages.viewing import PageView, view_page
from app.stock.levels import Level, levels


@dataclass(frozen=True)
class Collection:
    """A page that collects registrations, at one moment, for who came as `arrival` says: `early` when a link opens it before
    the launch. `link_gives` says that their link changes anything now, as far as it is good still.

    `stock_id` counts its places and is None when it has none to count; `level` tells how they stand. `settings` is the
    type's own model, `asks` the same model as registrations ask it.
    """

    page_id: UUID
    short_id: str
    organization_id: UUID
    group_id: UUID
    user_id: UUID
    type: str
    title: str
    language: str
    zone: str
    topic: str
    version: int
    state: State
    situation: str
    accepts: Acceptance
    times: PageTimes
    moments: tuple[Moment, ...]
    settings: PageSettings
    stock_id: UUID | None
    level: Level | None
    arrival: Arrival | None = None
    early: bool = False
    link_gives: bool = False
    erase_after_days: int | None = None
    erased_at: datetime | None = None

    @property
    def asks(self) -> Registers:
        return cast(Registers, self.settings)

    @property
    def capacity(self) -> int | None:
        """How many places there are; None is without limit."""
        return self.level.capacity if self.level else None

    def moment(self, name: str) -> datetime | None:
        """Return when the moment `name` of the type is, if it has one."""
        return next((moment.at for moment in self.moments if moment.name == name), None)


async def load_collection(short_id: str, now: datetime, source: str = "") -> Collection:
    """Return a published page that collects registrations, in two statements; in three for who came from `source`.

    Raises NotFound for any other page, Unavailable for a suspended one.
    """
    page = await loading.by_short_id(short_id)
    ensure_available(page)
    return await _read(page, now, source)


async def collection_of(page_id: UUID, now: datetime, source: str = "") -> Collection:
    """Return the same by the page's id, for jobs and the console; an expired page too."""
    return await _read(await loading.by_id(page_id), now, source)


async def _read(page: PageRecord, now: datetime, source: str) -> Collection:
    if page.page_type.collects != "registrations" or page.state(now) is State.DRAFT:
        raise NotFound
    came = await arrival(page, source, now)
    return _collection(view_page(page, await levels(page.stock_ids()), now, arrival=came))


def _collection(view: PageView) -> Collection:
    page = view.page
    return Collection(
        page_id=page.id,
        short_id=page.short_id,
        organization_id=page.organization_id,
        group_id=page.group_id,
        user_id=page.user_id,
        type=page.type,
        title=page.title,
        language=page.language,
        zone=page.zone,
        topic=page.topic,
        version=page.version,
        state=view.state,
        situation=view.situation,
        accepts=view.accepts,
        times=page.times,
        moments=tuple(page.page_type.moments(page.settings, page.times)),
        settings=page.settings,
        stock_id=page.stock_id if page.sells.stock_limit == "page" else None,
        level=view.level,
        arrival=view.arrival,
        early=view.early,
        link_gives=view.link_gives,
        erase_after_days=page.erase_after_days,
        erased_at=page.erased_at,
    )


def ensure_open(collection: Collection) -> None:
    """Raise Conflict, with words for the visitor, unless registrations are taken now, if only for the waitlist."""
    if words := refusal(collection.accepts):
        raise Conflict(words)


def refusal(accepts: Acceptance) -> str:
    """Say why registrations are not taken; "" when they are."""
    return {
        Acceptance.OPEN: "",
        Acceptance.WAITLIST: "",
        Acceptance.FULL: _("All places are taken."),
        Acceptance.SOON: _("Registration has not opened yet."),
        Acceptance.PAUSED: _("Registration is paused. Please come back in a while."),
        Acceptance.CLOSED: _("Registration is closed."),
        Acceptance.NEVER: _("There is nothing to register for here."),
        Acceptance.SUSPENDED: _("This page is not available at the moment."),
    }[accepts]
