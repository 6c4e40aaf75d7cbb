"""What a page type is: words, typed settings, a form, templates, and what it does that other types don't.

The rest of the code asks these questions and never a type's name. A type answers only those that concern it.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Annotated, Any, Literal, Protocol

from pydantic import Field

from app.core.i18n import gettext as _
from app.pages.fields import FieldDefinition
from app.pages.lifecycle import PageTimes
from app.pages.terms import PageSettings

Collects = Literal["orders", "registrations", "none"]
# A switch that is stored only while it is on: a version that does not know it refuses what it does not know.
LaterSwitch = Annotated[bool, Field(exclude_if=operator.not_)]


class Sells(Protocol):
    """What the rest of the code asks a type's settings; a type that sells nothing answers as `SellsNothing` does."""

    @property
    def discount_percent(self) -> int: ...
    @property
    def code(self) -> str:
        """Return the code that the discount takes, as the page hands it out; "" when everyone has the discount."""
        ...

    @property
    def per_buyer_limit(self) -> int | None: ...
    @property
    def stock_limit(self) -> str: ...
    @property
    def quantity(self) -> int | None: ...
    @property
    def keep_open_when_sold_out(self) -> bool: ...
    def with_quantity(self, quantity: int) -> PageSettings:
        """Return the settings with so many pieces for the whole page."""
        ...

    def with_stock_of(self, published: PageSettings) -> PageSettings:
        """Return the settings with the stock of `published`, which an edit can't change."""
        ...


class SellsNothing:
    """The answers of a type that has no prices; one with seats answers for its stock itself."""

    @property
    def discount_percent(self) -> int:
        return 0

    @property
    def code(self) -> str:
        return ""

    @property
    def per_buyer_limit(self) -> int | None:
        return None

    @property
    def stock_limit(self) -> str:
        return "none"

    @property
    def quantity(self) -> int | None:
        return None

    @property
    def keep_open_when_sold_out(self) -> bool:
        return True

    def with_quantity(self, quantity: int) -> Any:
        return self

    def with_stock_of(self, published: PageSettings) -> Any:
        return self


class Registers(Protocol):
    """What registrations ask the settings of a type that collects them."""

    @property
    def asks(self) -> frozenset[str]:
        """Return what identifies a registrant: of "name", "email", "phone"."""
        ...

    @property
    def fields(self) -> Sequence[FieldDefinition]: ...
    @property
    def maximum_quantity(self) -> int:
        """Return how many places one registration may take; 1 hides the question."""
        ...

    @property
    def waitlist(self) -> bool: ...
    @property
    def offer_minutes(self) -> int:
        """Return how long a place offered from the waitlist is kept."""
        ...

    @property
    def reminders(self) -> Sequence[int]:
        """Return when reminders go out, in minutes before the start, longest first."""
        ...

    @property
    def consent_text(self) -> str: ...
    @property
    def refuse_throwaway(self) -> bool:
        """Whether addresses are refused whose mailbox nobody keeps."""
        ...


class Acceptance(StrEnum):
    """Whether a page takes registrations now, and if not, why."""

    OPEN = "open"
    WAITLIST = "waitlist"
    FULL = "full"
    SOON = "soon"
    PAUSED = "paused"
    CLOSED = "closed"
    NEVER = "never"
    SUSPENDED = "suspended"


@dataclass(frozen=True)
class Moment:
    """An instant of a type's own at which its page changes; `name` (at most 10 characters) is recorded as a transition."""

    name: str
    at: datetime


@dataclass(frozen=True)
class Noticed:
    """A change that visitors may have relied on, for the public change log. `kind` is one of wording.KINDS."""

    kind: str
    before: str
    after: str
    subject: str = ""


def _nothing(*_args: Any) -> Any:
    return ()


def _none(_view: Any) -> str | None:
    return None


def _never(_view: Any) -> Acceptance:
    return Acceptance.NEVER


@dataclass(frozen=True)
class PageType:
    """One type of page.

    `form` is the console's form model (a PageForm); `settings` the stored model. `templates` is the folder of
    `_main.html` (everything that can change), `_embed.html` (what another site shows of it) and `_fields.html` (the
    type's part of the editor). `updates` returns the small fragments of a live update for a PageView, as (template,
    context).

    What a type may answer besides:
    - `collects`: what visitors leave here. With "orders" it shows products.
    - `situation(view)`: a word for what the page shows beyond its phase; when it changes, everything is swapped.
    - `moments(settings, times)`: the type's own instants. At each the page is rendered again and a transition recorded.
    - `moment_words()`: what the console's history says of each moment, by its name.
    - `redirect(view)`: where visitors are sent now; the page's afterlife comes after it.
    - `addresses(settings)`: every address that `redirect` may return one day; the page names their hosts beforehand.
    - `accepts(view)`: whether registrations are taken.
    - `moved(settings, by)`: the settings after a pause that moves the page's clock.
    - `again(settings)`: the settings of a page that is run again, without the times that are over.
    - `noticeable(before, after)`: what goes into the change log when a published page is edited.
    - `check(settings, times)`: (field, message) of what does not fit the page's times; asked at saving and publishing.
    - `incomplete(settings)`: why such a page can't be published yet, or "".
    """

    name: str
    icon: str
    label: Callable[[], str]
    description: Callable[[], str]
    settings: type[PageSettings]
    form: type[Any]
    templates: str
    updates: Callable[[Any], list[tuple[str, dict[str, Any]]]]
    collects: Collects = "none"
    end_label: Callable[[], str] = lambda: _("End of the page")
    situation: Callable[[Any], str] = lambda _view: ""
    moments: Callable[[Any, PageTimes], Sequence[Moment]] = _nothing
    moment_words: Callable[[], dict[str, str]] = dict
    redirect: Callable[[Any], str | None] = _none
    addresses: Callable[[Any], Sequence[str]] = lambda _settings: ()
    accepts: Callable[[Any], Acceptance] = _never
    moved: Callable[[Any, timedelta], PageSettings] = lambda settings, _by: settings
    again: Callable[[Any], PageSettings] = lambda settings: settings
    noticeable: Callable[[Any, Any], Sequence[Noticed]] = _nothing
    check: Callable[[Any, PageTimes], Sequence[tuple[str, str]]] = _nothing
    incomplete: Callable[[Any], str] = lambda _settings: ""

    @property
    def has_moments(self) -> bool:
        return self.moments is not _nothing

    @property
    def sells(self) -> bool:
        return self.collects == "orders"
