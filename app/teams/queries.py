"""Invitations read for the console, and what of them counts."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from app.auth.members import count_members
from app.core import db
from app.core.clock import utc_now
from app.core.errors import NotFound

# Nobody has used it or taken it back; it may be too old all the same.
OPEN = "i.accepted_at IS NULL AND i.withdrawn_at IS NULL"

_SELECT = """
SELECT i.id, i.organization_id, o.name AS organization, i.group_id, g.name AS "group", i.email, i.roles, i.language,
  i.token_hash, i.sent_at, i.expires_at, i.accepted_at, i.withdrawn_at,
  coalesce(nullif(u.name, ''), u.email) AS inviter, u.email AS inviter_email
FROM invitation i JOIN organization o ON o.id = i.organization_id JOIN "group" g ON g.id = i.group_id
JOIN "user" u ON u.id = i.invited_by
"""


@dataclass(frozen=True)
class InvitationView:
    """An invitation with the names in it; `roles` are their values."""

    id: UUID
    organization_id: UUID
    organization: str
    group_id: UUID
    group: str
    email: str
    roles: Sequence[str]
    language: str
    token_hash: str
    sent_at: datetime
    expires_at: datetime
    accepted_at: datetime | None
    withdrawn_at: datetime | None
    inviter: str
    inviter_email: str

    def expired(self, now: datetime) -> bool:
        return now >= self.expires_at


async def open_invitations(organization_id: UUID) -> list[InvitationView]:
    """Return an organization's invitations that nobody has used or taken back, expired ones too, the newest first."""
    rows = await db.fetch(
        f"{_SELECT} WHERE i.organization_id = $1 AND {OPEN} ORDER BY i.sent_at DESC, i.id DESC",
        organization_id,
    )
    return [InvitationView(**dict(row)) for row in rows]


async def invitation_of(invitation_id: UUID) -> InvitationView:
    """Raises NotFound."""
    row = await db.fetch_one(f"{_SELECT} WHERE i.id = $1", invitation_id)
    if row is None:
        raise NotFound
    return InvitationView(**dict(row))


async def open_invitation(organization_id: UUID, invitation_id: UUID) -> InvitationView:
    """Return one of an organization's open invitations. Raises NotFound."""
    row = await db.fetch_one(
        f"{_SELECT} WHERE i.id = $1 AND i.organization_id = $2 AND {OPEN}",
        *(invitation_id, organization_id),
    )
    if row is None:
        raise NotFound
    return InvitationView(**dict(row))


async def any_open_invitation(group_id: UUID, now: datetime) -> bool:
    """Whether somebody may still join a group."""
    return await db.fetch_value(
        f"SELECT EXISTS (SELECT 1 FROM invitation i WHERE i.group_id = $1 AND {OPEN} AND i.expires_at > $2)",  # noqa: S608 - own text
        *(group_id, now),
    )


async def count_team(organization_id: UUID, now: datetime, *, but: UUID | None = None) -> int:
    """Return how many are in an organization or may still join it, without the invitation `but`."""
    invited: int = await db.fetch_value(
        f"""SELECT count(*) FROM invitation i WHERE i.organization_id = $1 AND {OPEN} AND i.expires_at > $2
            AND i.id IS DISTINCT FROM $3""",  # noqa: S608 - own text
        *(organization_id, now, but),
    )
    return invited + await count_members(organization_id)


async def count_team_now(organization_id: UUID) -> int:
    """The same at this moment, for the console."""
    return await count_team(organization_id, utc_now())
