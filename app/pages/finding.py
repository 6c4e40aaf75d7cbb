"""Finding pages across organizations, for the operator's staff alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID

from app.core import db
from app.core.ids import parse_id
from app.core.searching import pattern_of
from app.pages.lifecycle import State
from app.pages.queries import STATE


@dataclass(frozen=True)
class FoundPage:
    """A page of any organization."""

    id: UUID
    short_id: str
    title: str
    organization_id: UUID
    organization: str
    state: State
    suspended: bool
    created_at: datetime


_SELECT = f"""
SELECT p.id, p.short_id, p.title, p.organization_id, o.name AS organization, {STATE} AS state,
  p.suspended_at IS NOT NULL AS suspended, p.created_at
FROM page p JOIN organization o ON o.id = p.organization_id
"""  # noqa: S608 - own text


async def find_pages(text: str, now: datetime, limit: int = 20) -> Sequence[FoundPage]:
    """Return the pages whose title holds `text`, and the one whose short id, address or id it is."""
    rows = await db.fetch(
        f"""{_SELECT} WHERE p.title ILIKE $2 OR p.short_id = $3 OR p.id = $4
            ORDER BY p.short_id = $3 DESC, p.created_at DESC, p.id LIMIT $5""",
        *(now, pattern_of(text), _short_id(text), parse_id(text), limit),
    )
    return [_found(row) for row in rows]


async def pages_of(organization_id: UUID, now: datetime, limit: int = 50) -> Sequence[FoundPage]:
    """Return an organization's newest pages, of all its groups."""
    rows = await db.fetch(
        f"{_SELECT} WHERE p.organization_id = $2 ORDER BY p.created_at DESC, p.id LIMIT $3",
        *(now, organization_id, limit),
    )
    return [_found(row) for row in rows]


def _short_id(text: str) -> str:
    """Return the short id in a page's address, or `text` as it is."""
    try:
        parts = urlsplit(text).path.strip("/").split("/")
    except ValueError:
        return text
    return parts[1] if parts[0] == "p" and len(parts) > 1 else text


def _found(row: db.Record) -> FoundPage:
    values: dict[str, Any] = {**dict(row), "state": State(row["state"])}
    return FoundPage(**values)
