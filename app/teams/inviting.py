"""Inviting somebody by mail, sending it again, taking it back."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from app.auth.members import member_by_email
from app.auth.security_log import note
from app.auth.verifying import ensure_verified
from app.auth.viewer import Viewer
from app.billing.limits import Limit, ensure_room
from app.core import db
from app.core.errors import NotFound
from app.core.forms import FieldError
from app.core.i18n import current_language
from app.core.i18n import gettext as _
from app.teams import emails
from app.teams.links import LINK_AGE, hash_of, invitation_token, invitation_url, new_secret
from app.teams.locking import lock_team
from app.teams.queries import OPEN, InvitationView, count_team, invitation_of, open_invitation
from app.teams.wording import in_order


async def invite(
    viewer: Viewer,
    invitation_id: UUID,
    email: str,
    group_id: UUID,
    roles: frozenset[str],
    now: datetime,
    ip: str | None = None,
) -> None:
    """Invite an address into a group of the viewer's organization. Doing it again with the same id does nothing.

    Raises FieldError at `email` when that is a member or invited already, LimitReached, AddressUnconfirmed for a viewer
    whose own address is not confirmed, and NotFound.
    """
    await ensure_verified(viewer.user_id)
    secret = new_secret()
    async with db.transaction():
        team = await lock_team(viewer)
        group = team.group(group_id)
        if await _known(invitation_id, team.organization.id):
            return
        await _ensure_new(email, team.organization.id)
        await _ensure_room(team.organization.id, None, now)
        await _store(invitation_id, viewer, email, group.id, roles, hash_of(secret), now)
        said = {"email": email, "group": group.name, "roles": ",".join(in_order(roles))}
        await note("team-invited", now, user_id=viewer.user_id, ip=ip, **said)
        await _send(await invitation_of(invitation_id), secret, now)


async def _store(
    invitation_id: UUID,
    viewer: Viewer,
    email: str,
    group_id: UUID,
    roles: frozenset[str],
    token_hash: str,
    now: datetime,
) -> None:
    await db.execute(
        """INSERT INTO invitation (id, organization_id, group_id, invited_by, email, roles, language, token_hash,
             created_at, sent_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $9, $10)""",
        *(invitation_id, viewer.organization_id, group_id, viewer.user_id, email, in_order(roles)),
        *(current_language.get(), token_hash, now, now + LINK_AGE),
    )


async def invite_again(
    viewer: Viewer, invitation_id: UUID, now: datetime, ip: str | None = None
) -> None:
    """Send a fresh link, good for as long as the first was; the old one no longer counts. Raises as `invite`."""
    await ensure_verified(viewer.user_id)
    secret = new_secret()
    async with db.transaction():
        team = await lock_team(viewer)
        found = await open_invitation(team.organization.id, invitation_id)
        await _ensure_room(team.organization.id, found.id, now)
        await db.execute(
            "UPDATE invitation SET token_hash = $2, sent_at = $3, expires_at = $4 WHERE id = $1",
            *(found.id, hash_of(secret), now, now + LINK_AGE),
        )
        await note("team-invited-again", now, user_id=viewer.user_id, ip=ip, email=found.email)
        await _send(replace(found, expires_at=now + LINK_AGE), secret, now)


async def withdraw(
    viewer: Viewer, invitation_id: UUID, now: datetime, ip: str | None = None
) -> None:
    """Take an invitation back: its link answers 410 from now on. Raises NotFound, also when it was just accepted."""
    async with db.transaction():
        team = await lock_team(viewer)
        email = await db.fetch_value(
            f"""UPDATE invitation i SET withdrawn_at = $3
                WHERE i.id = $1 AND i.organization_id = $2 AND {OPEN} RETURNING email""",  # noqa: S608 - own text
            *(invitation_id, team.organization.id, now),
        )
        if email is None:
            raise NotFound
        await note("team-invitation-withdrawn", now, user_id=viewer.user_id, ip=ip, email=email)


async def _known(invitation_id: UUID, organization_id: UUID) -> bool:
    """Whether the form was sent before. Raises NotFound when the id is another organization's."""
    owner = await db.fetch_value(
        "SELECT organization_id FROM invitation WHERE id = $1", invitation_id
    )
    if owner is not None and owner != organization_id:
        raise NotFound
    return owner is not None


async def _ensure_new(email: str, organization_id: UUID) -> None:
    # Only of the own organization: whether a stranger's address has an account is nobody's business.
    known = await member_by_email(email)
    if known is not None and known.organization_id == organization_id:
        raise FieldError("email", _("This person is in your team already."))
    row = await db.fetch_one(
        f"SELECT i.expires_at FROM invitation i WHERE i.organization_id = $1 AND lower(i.email) = lower($2) AND {OPEN}",  # noqa: S608 - own text
        *(organization_id, email),
    )
    if row is not None:
        raise FieldError(
            "email", _("This address is invited already. You can send it again below.")
        )


async def _ensure_room(organization_id: UUID, but: UUID | None, now: datetime) -> None:
    async def count() -> int:
        return await count_team(organization_id, now, but=but)

    await ensure_room(organization_id, Limit.TEAM_SIZE, used=count, now=now)


async def _send(invitation: InvitationView, secret: str, now: datetime) -> None:
    url = invitation_url(invitation_token(invitation.id, secret, now))
    await emails.invitation(invitation, url, hash_of(secret))
