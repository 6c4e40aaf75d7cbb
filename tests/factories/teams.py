"""Invitations for tests."""

from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from app.auth.viewer import Viewer
from app.core import db
from app.core.ids import new_id
from app.teams.inviting import invite
from app.teams.links import hash_of, invitation_token


async def make_invitation(
    viewer: Viewer,
    now: datetime,
    email: str = "dora@example.com",
    roles: tuple[str, ...] = ("editor",),
    group_id: Any = None,
) -> str:
    """Invite somebody into the viewer's group; returns the path of the link that was mailed."""
    invitation_id = new_id()
    await invite(viewer, invitation_id, email, group_id or viewer.group_id, frozenset(roles), now)
    # Only its hash is kept, so the mail's own secret can't be read back: another takes its place.
    secret = f"secret of {invitation_id}"
    await db.execute(
        "UPDATE invitation SET token_hash = $2 WHERE id = $1", invitation_id, hash_of(secret)
    )
    return f"/invitations/{invitation_token(invitation_id, secret, now)}"


def path_of(link: str) -> str:
    """Return the path of a mailed link."""
    return urlsplit(link).path
