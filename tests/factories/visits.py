"""Visits for tests: browsers as they say what they are, and visits as they are handed on."""

from datetime import datetime
from typing import Any
from uuid import UUID, uuid5

from app.analytics.counting import count_visits
from app.pages.loading import PageRecord
from app.pages.sources import DIRECT, Source
from app.pages.visiting import Visit

BROWSER = {"User-Agent": "Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0"}
PHONE = {
    "User-Agent": "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Version/18.0 Mobile/15E148 Safari/604.1"
}


def asked(headers: dict[str, str], peer: str = "203.0.113.7") -> Any:
    """Return a request as a server hands it over, from the address `peer`."""
    raw = [(name.lower().encode(), value.encode()) for name, value in headers.items()]
    return {"headers": raw, "client": (peer, 40000)}


def visit(
    page: PageRecord, at: datetime, who: str = "ann", source: Source = DIRECT, views: int = 1
) -> Visit:
    """Return a visit by `who`, who is another one on another page's organization and on another day."""
    name = f"{who}/{page.organization_id}/{at:%Y-%m-%d}"
    return Visit(page.id, at, uuid5(UUID(int=0), name), source, views)


async def visited(
    page: PageRecord, at: datetime, *who: str, source: Source = DIRECT, views: int = 1
) -> None:
    """Let people visit a page."""
    await count_visits([visit(page, at, name, source, views) for name in who])
