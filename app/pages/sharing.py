"""Share links: the page's address with a signed source, and the signed link to an unpublished page's preview."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from app.core import db
from app.core.ids import new_id
from app.core.settings import get_settings
from app.core.signing import sign_url
from app.pages.loading import PageRecord

PREVIEW_TTL = timedelta(hours=24)
SOURCE = "source"


@dataclass(frozen=True)
class ShareLink:
    source: str
    url: str


def public_url(page: PageRecord) -> str:
    return f"{get_settings().base_url}/p/{page.short_id}"


def preview_url(page: PageRecord, now: datetime) -> str:
    """Return a link that shows any moment of the page as it is stored to whoever has it, for a day."""
    return get_settings().base_url + sign_url(f"/p/{page.short_id}/preview", {}, now, PREVIEW_TTL)


async def make_link(page: PageRecord, source: str, user_id: UUID, now: datetime) -> None:
    """Make the share link for `source`; making it again changes nothing."""
    await db.execute(
        """INSERT INTO share_link (id, page_id, user_id, source, created_at) VALUES ($1, $2, $3, $4, $5)
           ON CONFLICT (page_id, source) DO NOTHING""",
        new_id(),
        page.id,
        user_id,
        source,
        now,
    )


async def links_of(page: PageRecord) -> list[ShareLink]:
    """Return the page's share links, oldest first. A link keeps its signature: it is signed as of when it was made."""
    rows = await db.fetch(
        "SELECT source, created_at FROM share_link WHERE page_id = $1 ORDER BY created_at, id",
        page.id,
    )
    base = get_settings().base_url
    return [
        ShareLink(
            row["source"],
            base + sign_url(f"/p/{page.short_id}", {SOURCE: row["source"]}, row["created_at"]),
        )
        for row in rows
    ]
