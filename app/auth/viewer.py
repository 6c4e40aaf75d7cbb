"""Who looks: the person behind a console request, and what they may do."""

from dataclasses import dataclass
from uuid import UUID

from app.auth.permissions import Permission, permissions_of


@dataclass(frozen=True)
class Viewer:
    """A logged-in person. Everything they reach is loaded `WHERE group_id = viewer.group_id`.

    `session_id` is None only between signing up and the first session.
    """

    user_id: UUID
    organization_id: UUID
    group_id: UUID
    email: str
    name: str
    roles: frozenset[str]
    session_id: UUID | None = None
    verified: bool = False

    def can(self, permission: Permission) -> bool:
        return permission in permissions_of(self.roles)
