"""Share links for tests."""

from datetime import datetime
from typing import Any

from app.pages.link_figures import ShareLink, links_of
from app.pages.loading import PageRecord
from app.pages.sharing import Terms, make_link
from tests.factories.orders import Sale


async def share(page: PageRecord, now: datetime, source: str = "vip", **terms: Any) -> ShareLink:
    """Make a page's share link for `source`; `terms` are those of sharing.Terms."""
    await make_link(page, source, Terms(**terms), page.user_id, now)
    return next(each for each in await links_of(page, now) if each.link.source == source)


def query_of(link: ShareLink) -> str:
    """Return what the forms of a page carry that was visited by the link."""
    return link.url.partition("?")[2]


def sale_of(page: PageRecord) -> Sale:
    """Return a page that sells from its own stock as the checkout's factories take it."""
    assert page.stock_id
    return Sale(page.id, page.short_id, page.stock_id, tuple(each.id for each in page.contents))
