"""Previews: the real renderer with a page's stored or unsaved values, at any moment and for any stock."""

from datetime import datetime

from app.core.i18n import gettext as _
from app.pages import showing
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.viewing import planned, view_page
from app.stock.levels import levels


async def preview_html(page: PageRecord, now: datetime, *, note: bool = False) -> str:
    """Return the stored page as a document that is not live; a draft looks as if it ran already.

    With `note` it says that it is a preview, for those who don't see the editor around it.
    """
    stands = {} if page.state(now) is State.DRAFT else await levels(page.stock_ids())
    words = _("Preview. The page itself may still change.") if note else ""
    return showing.whole(planned(view_page(page, stands, now)), live=False, note=words)


def unsaved_html(page: PageRecord, now: datetime) -> str:
    """Return the document of a page with unsaved values; what a redirect would hide is shown all the same."""
    return showing.whole(planned(view_page(page, {}, now)), live=False)
