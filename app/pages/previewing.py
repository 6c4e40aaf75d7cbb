"""Previews: the real renderer with a page's stored or unsaved values, at any moment and for any stock."""

from dataclasses import replace
from datetime import datetime

from app.core.i18n import gettext as _
from app.pages import showing
from app.pages.lifecycle import State
from app.pages.loading import PageRecord
from app.pages.viewing import PageView, planned, view_page
from app.stock.levels import levels


async def preview_html(page: PageRecord, now: datetime) -> str:
    """Return the stored page as a document that is not live; a draft looks as if it ran already."""
    stands = {} if page.state(now) is State.DRAFT else await levels(page.stock_ids())
    return preview_of(page, view_page(page, stands, now))


def preview_of(page: PageRecord, view: PageView) -> str:
    """Return the document of a view; what a visitor would be redirected from is shown all the same."""
    return showing.whole(planned(replace(view, page=page)), live=False, note=_("Preview"))
