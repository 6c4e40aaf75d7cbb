"""The mails about teams, one function each. Called once, inside the transaction that causes them."""

from collections.abc import Iterable
from typing import Any

from app.auth.members import Member
from app.auth.viewer import Viewer
from app.core.i18n import current_language
from app.core.ids import new_id
from app.notifications.sending import send_email
from app.teams.queries import InvitationView
from app.teams.wording import roles_text


async def invitation(invited: InvitationView, url: str, attempt: str) -> None:
    """Invite somebody; `attempt` differs each time the link is sent."""
    context = {
        "inviter_email": invited.inviter_email,
        "organization": invited.organization,
        "group": invited.group,
        "roles": roles_text(invited.roles),
        "url": url,
        "expires_at": invited.expires_at,
    }
    await send_email(
        invited.email,
        "team-invitation",
        context,
        locale=invited.language,
        key=f"team-invitation:{invited.id}:{attempt[:32]}",
        subject_of=invited.id,
    )


async def changed(
    member: Member,
    organization: str,
    group: str,
    roles: Iterable[str],
    viewer: Viewer,
) -> None:
    """Tell somebody in which group they are now, and what they may do there."""
    said = {"group": group, "roles": roles_text(roles)}
    await _tell(member, "team-changed", organization, viewer, **said)


async def removed(member: Member, organization: str, viewer: Viewer) -> None:
    """Tell somebody that they are in the team no longer."""
    await _tell(member, "team-removed", organization, viewer)


async def handed_over(member: Member, organization: str, viewer: Viewer) -> None:
    """Tell the new owner, and the one before, in case it was not them."""
    await _tell(member, "team-ownership", organization, viewer)
    await send_email(
        viewer.email,
        "team-handed-over",
        {"name": viewer.name or viewer.email, "organization": organization, "to": member.email},
        locale=current_language.get(),
        key=f"team-handed-over:{new_id()}",
        subject_of=viewer.user_id,
    )


async def _tell(member: Member, mail: str, organization: str, viewer: Viewer, **said: Any) -> None:
    context = {
        "name": member.name or member.email,
        "organization": organization,
        "by": viewer.name or viewer.email,
        **said,
    }
    await send_email(
        member.email,
        mail,
        context,
        locale=current_language.get(),
        key=f"{mail}:{new_id()}",
        subject_of=member.id,
    )
