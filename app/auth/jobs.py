"""The jobs of accounts."""

from datetime import datetime

from app.auth import two_factor
from app.auth.guessing import forget_guesses
from app.auth.resetting import JOB, send_reset_link
from app.core.jobs import Payload, job, periodic


@job(JOB)
async def mail_reset_link(payload: Payload, now: datetime) -> None:
    await send_reset_link(payload["email"], payload["ip"], payload["request_id"], now)


@periodic("auth.forget_guesses", "23 * * * *")
async def drop_old_counts(_payload: Payload, now: datetime) -> None:
    await forget_guesses(now)


@periodic("auth.seal_anew", "41 3 * * *")
async def use_newest_key(_payload: Payload, _now: datetime) -> None:
    await two_factor.seal_anew()
