"""The mails about the safety of an account, one function each. Called inside the transaction that causes them."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from app.core.i18n import current_language
from app.notifications.sending import send_email


async def _send(
    name: str, user_id: UUID, email: str, context: Mapping[str, Any], which: object
) -> None:
    await send_email(
        email,
        name,
        context,
        locale=current_language.get(),
        key=f"{name}:{user_id}:{which}",
        subject_of=user_id,
    )


async def two_factor_on(user_id: UUID, email: str, now: datetime) -> None:
    """Tell the owner that logging in takes a code from now on."""
    await _send("two-factor-on", user_id, email, {"at": now}, now.isoformat())


async def two_factor_off(user_id: UUID, email: str, now: datetime) -> None:
    """Tell the owner that the password is enough again."""
    await _send("two-factor-off", user_id, email, {"at": now}, now.isoformat())


async def recovery_codes_made(user_id: UUID, email: str, now: datetime) -> None:
    """Tell the owner that the old recovery codes are worth nothing."""
    await _send("recovery-codes-made", user_id, email, {"at": now}, now.isoformat())


async def recovery_code_used(user_id: UUID, email: str, left: int, now: datetime) -> None:
    """Tell the owner that somebody got in by a recovery code, and how many are left."""
    context = {"at": now, "left": left}
    await _send("recovery-code-used", user_id, email, context, now.isoformat())


async def password_guessed(user_id: UUID, email: str, now: datetime) -> None:
    """Tell the owner that somebody tries passwords; at most once a day."""
    await _send("password-guessed", user_id, email, {"at": now}, f"{now:%Y-%m-%d}")


async def code_guessed(user_id: UUID, email: str, now: datetime) -> None:
    """Tell the owner that somebody knows the password and tries codes; at most once a day."""
    await _send("code-guessed", user_id, email, {"at": now}, f"{now:%Y-%m-%d}")
