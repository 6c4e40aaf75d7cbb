"""Accepting an invitation: with a new account, or with the one that the address has already.

A person is in one organization. Whoever is in another one leaves it by accepting, and must be free to: an organization
that still has something in it needs an owner.
"""

from datetime import datetime
from uuid import UUID

from app.auth import members
from app.auth.accounts import AccountExists
from app.auth.organizations import Organization, dissolve, lock_organizations
from app.auth.passwords import hash_password
from app.auth.security_log import note
from app.auth.viewer import Viewer
from app.billing.limits import Limit, ensure_room
from app.billing.standing import standing_of
from app.core import db
from app.core.errors import Conflict, ExpiredLink, Gone, NotFound
from app.core.i18n import gettext as _
from app.pages.owning import any_page
from app.products.owning import any_product
from app.teams.links import read_invitation_token
from app.teams.queries import InvitationView, count_team, invitation_of


async def find_invitation(token: str, now: datetime) -> InvitationView:
    """Return the invitation of a link. Raises BadSignature, ExpiredLink (too old, or sent again since), and Gone for one
    that was used or taken back."""
    invitation_id, secret_hash = read_invitation_token(token, now)
    try:
        found = await invitation_of(invitation_id)
    except NotFound:
        raise Gone(_("This invitation was withdrawn.")) from None
    _usable(found, secret_hash, now)
    return found


def _usable(found: InvitationView, secret_hash: str, now: datetime) -> None:
    if found.withdrawn_at is not None:
        raise Gone(_("This invitation was withdrawn."))
    if found.accepted_at is not None:
        raise Gone(_("This invitation was accepted already. You can simply log in."))
    if found.token_hash != secret_hash:
        raise ExpiredLink(_("A newer invitation was sent. Please use the link in the latest mail."))
    if found.expired(now):
        raise ExpiredLink(_("This invitation has expired. Please ask for a new one."))


async def accept_as_newcomer(
    invitation: InvitationView,
    name: str,
    password: str,
    now: datetime,
    ip: str | None = None,
    *,
    zone: str = "",
) -> UUID:
    """Make an account in the group that the invitation names; the link has confirmed its address.

    Return the user's id. Raises Gone, ExpiredLink, LimitReached, and Conflict when the address has an account by now.
    """
    password_hash = await hash_password(password)
    roles = frozenset(invitation.roles)
    async with db.transaction():
        await _take(invitation, now)
        try:
            user_id = await members.add(
                invitation.email, name, password_hash,
                invitation.organization_id, invitation.group_id, roles, now, zone,
            )  # fmt: skip
        except AccountExists:
            raise Conflict(_("This address has an account by now. Please log in.")) from None
        await _note(invitation, user_id, now, ip)
    return user_id


async def accept_as_member(
    invitation: InvitationView, viewer: Viewer, now: datetime, ip: str | None = None
) -> None:
    """Move the viewer into the group that the invitation names, out of the organization they are in.

    Raises Gone, ExpiredLink, LimitReached, and Conflict with the reason when they can't leave or it isn't for them.
    """
    async with db.transaction():
        locked = await lock_organizations([invitation.organization_id, viewer.organization_id])
        before = locked[viewer.organization_id]
        if reason := await obstacle(invitation, viewer, before, now):
            raise Conflict(reason)
        await _take(invitation, now)
        roles = frozenset(invitation.roles)
        await members.place(
            viewer.user_id, invitation.organization_id, invitation.group_id, roles, now
        )
        await members.confirm_address(viewer.user_id, now)
        if before.owner_id == viewer.user_id:
            await dissolve(before.id)
        await _note(invitation, viewer.user_id, now, ip)


async def obstacle(
    invitation: InvitationView, viewer: Viewer, own: Organization, now: datetime
) -> str:
    """Say why the viewer can't accept the invitation as they are; "" when they can. `own` is their organization."""
    if viewer.email.casefold() != invitation.email.casefold():
        return _(
            "This invitation is for %(email)s, and you are logged in as %(own)s.",
            email=invitation.email,
            own=viewer.email,
        )
    if own.id == invitation.organization_id:
        return _("You are in this team already.")
    if own.owner_id != viewer.user_id:
        return ""
    if await members.count_members(own.id) > 1:
        return _(
            "You own %(name)s, and others are in it. Hand it over to one of them first.",
            name=own.name,
        )
    return await _left_behind(own, now)


async def _left_behind(own: Organization, now: datetime) -> str:
    """Say what somebody's organization, of which they are the only member, would leave behind without an owner."""
    if (await standing_of(own.id, now)).subscription is not None:
        return _("%(name)s has a paid plan. Please cancel that first.", name=own.name)
    if await any_page(own.id) or await any_product(own.id):
        return _(
            "%(name)s has pages or products, and you are its only member. Invite somebody and hand it over to them, or "
            "accept this invitation with another address.",
            name=own.name,
        )
    return ""


async def _take(invitation: InvitationView, now: datetime) -> None:
    """Use the invitation up: of two who try, one does. Raises Gone, ExpiredLink, LimitReached."""
    await lock_organizations([invitation.organization_id])

    async def count() -> int:
        return await count_team(invitation.organization_id, now, but=invitation.id)

    await ensure_room(invitation.organization_id, Limit.TEAM_SIZE, used=count, now=now)
    taken = await db.execute(
        """UPDATE invitation SET accepted_at = $3 WHERE id = $1 AND token_hash = $2 AND expires_at > $3
           AND accepted_at IS NULL AND withdrawn_at IS NULL""",
        *(invitation.id, invitation.token_hash, now),
    )
    if not taken:
        _usable(await invitation_of(invitation.id), invitation.token_hash, now)
        raise Gone


async def _note(invitation: InvitationView, user_id: UUID, now: datetime, ip: str | None) -> None:
    said = {"organization": invitation.organization, "group": invitation.group}
    await note("team-joined", now, user_id=user_id, ip=ip, by=invitation.inviter_email, **said)
