"""What takes place, for pages that lead to something at a time and a place."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol, runtime_checkable

from app.pages.collecting import Collection


@runtime_checkable
class Happens(Protocol):
    """What the settings of a type say whose registrants meet. `link` is for registrants alone."""

    @property
    def starts_at(self) -> datetime | None: ...
    @property
    def ends_at(self) -> datetime | None: ...
    @property
    def address(self) -> str: ...
    @property
    def link(self) -> str | None: ...


@dataclass(frozen=True)
class Happening:
    """An event as registrants see it: times aware, `zone` the page's. `link` must never reach anybody else."""

    starts_at: datetime
    ends_at: datetime | None
    zone: str
    address: str
    link: str | None

    def over(self, now: datetime) -> bool:
        return now >= (self.ends_at or self.starts_at)


def happening_of(collection: Collection) -> Happening | None:
    """Return what the page leads to, or None when it is no event, or its start is not set."""
    settings = collection.settings
    if not isinstance(settings, Happens) or settings.starts_at is None:
        return None
    return Happening(
        settings.starts_at, settings.ends_at, collection.zone, settings.address, settings.link
    )
