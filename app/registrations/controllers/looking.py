"""Answers in the language and colours of the page that a visitor registers on."""

from datetime import datetime
from typing import Any

from app.core.i18n import current_language
from app.pages import loading
from app.pages.arriving import arrival
from app.pages.loading import PageRecord
from app.pages.showing import theme_href
from app.pages.viewing import PageView, view_page
from app.stock.levels import levels


def look_of(record: PageRecord) -> dict[str, Any]:
    """Return what the layout needs, and speak the page's language from here on."""
    current_language.set(record.language)
    return {
        "page_theme_href": theme_href(record.theme),
        "lang": record.language,
        "own_branding": record.own_branding,
    }


async def view_of(short_id: str, now: datetime, source: str = "") -> PageView:
    """Return a page as its form shows it to who came from `source`. Raises NotFound."""
    record = await loading.by_short_id(short_id)
    came = await arrival(record, source, now)
    return view_page(record, await levels(record.stock_ids()), now, arrival=came)
