"""Who looks: the person behind a console request, and what they may do."""

from dataclasses import dataclass
from uuid import UUID

from app.auth.permissions import Permission, permissions_of
from app.core.addresses import canonical_address
from app.core.settings import get_settings


@dataclass(frozen=True)
class Viewer:
    """A logged-in person. Everything they reach is loaded `WHERE group_id = viewer.group_id`.

    `session_id` is None only between signing up and the first session; `zone` is "" until it is known.
    """

    user_id: UUID
    organization_id: UUID
    group_id: UUID
    email: str
    name: str
    roles: frozenset[str]
    session_id: UUID | None = None
    verified: bool = False
    zone: str = ""

    def can(self, permission: Permission) -> bool:
        return permission in permissions_of(self.roles)

    @property
    def staff(self) -> bool:
        """Whether this person runs the installation: named in the settings, and the address proven to be theirs."""
        named = {canonical_address(email).lower() for email in get_settings().staff_emails}
        return self.verified and self.email.lower() in named
