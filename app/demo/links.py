"""The demo's share links: friends come early and pay less, and who took a wallpaper came by the newsletter or a poster."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID, uuid5

from app.analytics.counting import count_visits as add_up_visits
from app.auth.viewer import Viewer
from app.demo.goods import NAMESPACE
from app.pages.counting import count_visits
from app.pages.link_form import AT_ONCE
from app.pages.loading import PageRecord
from app.pages.sharing import Terms, make_link
from app.pages.sources import Kind, Source
from app.pages.visiting import Visit

NEWSLETTER, POSTER, FRIENDS = "newsletter", "poster", "friends"
# Who looked at the page for each one who took something from it.
LOOKED = 5


async def put_up_early(creator: Viewer, page: PageRecord, now: datetime) -> None:
    """Let friends in before the launch, twenty of them, for a tenth less."""
    terms = Terms(early_minutes=AT_ONCE, discount_percent=10, uses=20)
    await make_link(page, FRIENDS, terms, creator.user_id, now)
    await make_link(page, NEWSLETTER, Terms(), creator.user_id, now)


async def put_up_sources(creator: Viewer, page: PageRecord, now: datetime) -> None:
    """Make the links by which the visitors of a page came."""
    for source in (NEWSLETTER, POSTER):
        await make_link(page, source, Terms(), creator.user_id, now)


async def come_by(page: PageRecord, names: Sequence[str], now: datetime) -> dict[str, str]:
    """Count the visits of those who took something, and of those who only looked; return each one's source."""
    sources = {name: (NEWSLETTER, POSTER)[place % 3 == 2] for place, name in enumerate(names)}
    seen = [
        Visit(page.id, now, _visitor(name, place), Source(Kind.LINK, source))
        for name, source in sources.items()
        for place in range(LOOKED)
    ]
    await count_visits(seen)
    await add_up_visits(seen)
    return sources


def _visitor(name: str, place: int) -> UUID:
    return uuid5(NAMESPACE, f"visitor/{name}/{place}")
