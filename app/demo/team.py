"""Ines's team: Jonas, who edits, and Marta, who is invited to check tickets at the door."""

from dataclasses import dataclass
from datetime import datetime
from uuid import uuid5

from app.auth.accounts import account_of
from app.auth.permissions import RoleName
from app.auth.viewer import Viewer
from app.demo.goods import NAMESPACE
from app.teams.accepting import accept_as_newcomer
from app.teams.inviting import invite
from app.teams.queries import invitation_of

PASSWORD = "a-bend-of-the-river"  # noqa: S105 - the demo is for development


@dataclass(frozen=True)
class Colleague:
    """Somebody to invite."""

    name: str
    email: str
    roles: frozenset[str]


JONAS = Colleague("Jonas Reed", "jonas@mayfly.example", frozenset({RoleName.EDITOR.value}))
MARTA = Colleague(
    "Marta Lind",
    "marta@mayfly.example",
    frozenset({RoleName.VIEWER.value, RoleName.VOLUNTEER.value}),
)


async def put_up_team(creator: Viewer, now: datetime) -> None:
    """Invite both and let Jonas join, as far as that is missing."""
    if await account_of(JONAS.email) is None:
        await _invite(creator, JONAS, now)
        joining = await invitation_of(uuid5(NAMESPACE, JONAS.email))
        await accept_as_newcomer(joining, JONAS.name, PASSWORD, now)
    await _invite(creator, MARTA, now)


async def _invite(creator: Viewer, colleague: Colleague, now: datetime) -> None:
    invitation_id = uuid5(NAMESPACE, colleague.email)
    await invite(creator, invitation_id, colleague.email, creator.group_id, colleague.roles, now)
