"""What a share link does where somebody buys or signs up: it may let them in before the launch, and then one use of it is taken.

Nobody gets other terms than they were shown: what ended meanwhile is said, not dropped.
"""

from typing import Protocol
from uuid import UUID

from app.core.errors import Conflict
from app.core.i18n import gettext as _
from app.pages.arriving import Arrival, Standing
from app.stock.levels import Level

# What a form says whose visitor was shown what their link gives.
LINK_TERMS = "link"


class Entered(Protocol):
    """A page at one moment, for who came by a link; `early` before it launched for everyone."""

    @property
    def arrival(self) -> Arrival | None: ...
    @property
    def early(self) -> bool: ...
    @property
    def link_gives(self) -> bool: ...


def ensure_as_shown(entered: Entered, terms: str) -> None:
    """Raise Conflict, with words, when a visitor was shown a link's `terms` that hold no longer."""
    came = entered.arrival
    if terms == LINK_TERMS and came and entered.link_gives and came.standing is not Standing.GOOD:
        raise Conflict(_words(came.standing))


def entry_stock(entered: Entered) -> UUID | None:
    """Return the stock of which a use is taken to come in before the launch; None when it needs none."""
    link = entered.arrival.link if entered.arrival else None
    return link.stock_id if link and entered.early else None


def used_up(level: Level) -> Conflict:
    """Return the refusal of a link of which no use was left to take."""
    return Conflict(_words(Standing.IN_USE if level.held else Standing.USED_UP))


def _words(standing: Standing) -> str:
    return {
        Standing.OVER: _("The offer of your link has ended. Nothing was done."),
        Standing.USED_UP: _("The offer of your link is used up. Nothing was done."),
        Standing.IN_USE: _(
            "The last uses of your link lie in other baskets; one may come back. Nothing was done."
        ),
    }[standing]
