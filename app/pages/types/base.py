"""What a page type is: a name, words for the console, typed settings, a form, templates, and what it sells."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Protocol

from app.pages.terms import PageSettings


class Sells(Protocol):
    """What the rest of the code asks a type's settings; a type that sells nothing answers None and zero."""

    @property
    def discount_percent(self) -> int: ...
    @property
    def per_buyer_limit(self) -> int | None: ...
    @property
    def stock_limit(self) -> str: ...
    @property
    def quantity(self) -> int | None: ...
    @property
    def keep_open_when_sold_out(self) -> bool: ...
    @property
    def sold_out_url(self) -> str | None: ...
    @property
    def sold_out_message(self) -> str: ...
    def with_quantity(self, quantity: int) -> PageSettings:
        """Return the settings with so many pieces for the whole page."""
        ...

    def with_stock_of(self, published: PageSettings) -> PageSettings:
        """Return the settings with the stock of `published`, which an edit can't change."""
        ...


@dataclass(frozen=True)
class PageType:
    """One type of page.

    `form` is the console's form model (a PageForm); `settings` the stored model. `templates` is the folder of
    `_main.html` (everything that can change) and `_fields.html` (the type's part of the editor). `updates` returns
    the small fragments of a live update for a PageView, as (template, context).
    """

    name: str
    icon: str
    label: Callable[[], str]
    description: Callable[[], str]
    settings: type[PageSettings]
    form: type[Any]
    templates: str
    updates: Callable[[Any], list[tuple[str, dict[str, Any]]]]
