"""The jobs of teams."""

from datetime import datetime

from app.core import jobs
from app.teams.forgetting import forget_invitations


@jobs.periodic("teams.forget_invitations", "41 3 * * *")
async def forget(_payload: jobs.Payload, now: datetime) -> None:
    await forget_invitations(now)
