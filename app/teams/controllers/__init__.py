"""Addresses of teams: the console's, and the one that an invitation leads to."""

from litestar import Controller

from app.teams.controllers.groups import GroupController
from app.teams.controllers.invitations import InvitationController
from app.teams.controllers.joining import JoiningController
from app.teams.controllers.members import MemberController
from app.teams.controllers.team import TeamController

controllers: list[type[Controller]] = [
    TeamController,
    InvitationController,
    MemberController,
    GroupController,
    JoiningController,
]
