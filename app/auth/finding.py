"""Finding people across organizations, for the operator's staff alone."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.core import db
from app.core.addresses import canonical_address
from app.core.ids import parse_id
from app.core.searching import pattern_of


@dataclass(frozen=True)
class FoundUser:
    """Somebody with an account."""

    id: UUID
    email: str
    name: str
    organization_id: UUID
    organization: str
    verified: bool
    created_at: datetime


async def find_users(text: str, limit: int = 20) -> Sequence[FoundUser]:
    """Return whose address, name or organization holds `text`, or whose id or organization's id it is."""
    rows = await db.fetch(
        """SELECT u.id, u.email, u.name, u.organization_id, o.name AS organization,
             u.verified_at IS NOT NULL AS verified, u.created_at
           FROM "user" u JOIN organization o ON o.id = u.organization_id
           WHERE u.email ILIKE $1 OR u.name ILIKE $1 OR o.name ILIKE $1 OR u.id = $2 OR o.id = $2
           ORDER BY lower(u.email) = lower($3) DESC, u.created_at DESC, u.id LIMIT $4""",
        *(pattern_of(text), parse_id(text), canonical_address(text), limit),
    )
    return [FoundUser(**dict(row)) for row in rows]
