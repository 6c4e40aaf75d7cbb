"""Previews: the real renderer with a page's stored or unsaved values, at any moment and for any stock."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core.i18n import gettext as _
from app.core.rendering import render
from app.pages import showing
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.steps import Stand
from app.pages.time_machine import Life, life_of, view_at
from app.pages.viewing import PageView
from app.stock.levels import Level, levels


@dataclass(frozen=True)
class Choice:
    """What to show: a step of the slider and how the stock stands. None is now, and for a draft its launch."""

    step: int | None = None
    stand: Stand = Stand.NOW


@dataclass(frozen=True)
class Preview:
    """A page at one moment of its life, and what the time machine's controls say of it."""

    page: PageRecord
    life: Life
    step: int
    stand: Stand
    at: datetime
    view: PageView

    @property
    def words(self) -> str:
        return self.life.words(self.at)

    @property
    def stands(self) -> list[tuple[str, str]]:
        """What can be chosen for the stock, if anything can run out."""
        return [
            (Stand.NOW, _("As it is now")),
            (Stand.FULL, _("Everything left")),
            (Stand.LAST, _("The last one")),
            (Stand.HELD, _("All in baskets")),
            (Stand.SOLD_OUT, _("All gone")),
        ]


async def preview(page: PageRecord, choice: Choice, now: datetime) -> Preview:
    """Return the stored page's preview."""
    draft = page.state(now) is State.DRAFT
    return unsaved(page, {} if draft else await levels(page.shown_ids()), choice, now)


def unsaved(
    page: PageRecord, stands: Mapping[UUID, Level], choice: Choice, now: datetime
) -> Preview:
    """Return the preview of a page with unsaved values; `stands` are the levels of its stocks, none for a draft."""
    life = life_of(page, now)
    at = now if choice.step is None else life.moment(choice.step)
    if choice.step is None and page.state(now) is State.DRAFT:
        at = max(page.times.launch_at or now, now)
    view = view_at(page, stands, at, now, choice.stand)
    return Preview(page, life, life.step(at), choice.stand, at, view)


def framed_html(shown: Preview, beside: str = "") -> str:
    """Return the document for the frame in the console, whose controls stand beside it.

    It brings them their state along, and what else is `beside` (HTML of fragments).
    """
    above = render("pages/_time_machine_framed.html", preview=shown, beside=beside)
    return _html(shown, above)


def shared_html(shown: Preview, address: str) -> str:
    """Return the document for whoever has the link, with the controls on top; they post to `address`."""
    return _html(shown, render("pages/_time_machine_bar.html", preview=shown, address=address))


def _html(shown: Preview, above: str) -> str:
    """Return the page as it is then. What a redirect would hide is shown all the same."""
    gone_at = shown.view.page.gone_at()
    gone = gone_at is not None and shown.at >= gone_at
    make = showing.gone if gone else showing.whole
    return make(shown.view, live=False, above=above)
