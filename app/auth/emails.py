"""The mails about accounts, one function each. Called inside the transaction that causes them.

None contains the account's name: anyone can sign up with a stranger's address and an advertisement as their name.
"""

from datetime import datetime
from uuid import UUID

from app.core.i18n import current_language
from app.core.settings import get_settings
from app.notifications.sending import send_email


async def welcome(user_id: UUID, email: str, token: str) -> None:
    """Greet a new account; `token` is what confirms the address."""
    url = f"{get_settings().base_url}/verify/{token}"
    await send_email(
        email,
        "welcome",
        {"verify_url": url},
        locale=current_language.get(),
        key=f"welcome:{user_id}",
        subject_of=user_id,
    )


async def verify_address(user_id: UUID, email: str, token: str) -> None:
    """Send the link that confirms the address again; `token` is its part that differs each time."""
    url = f"{get_settings().base_url}/verify/{token}"
    await send_email(
        email,
        "verify-address",
        {"verify_url": url},
        locale=current_language.get(),
        key=f"verify-address:{user_id}:{token[-32:]}",
        subject_of=user_id,
    )


async def account_exists(user_id: UUID, email: str, now: datetime) -> None:
    """Tell the owner that someone signed up with their address; at most once a day."""
    await send_email(
        email,
        "account-exists",
        {},
        locale=current_language.get(),
        key=f"account-exists:{user_id}:{now:%Y-%m-%d}",
        subject_of=user_id,
    )


async def reset_password(
    user_id: UUID, email: str, token: str, minutes: int, request_id: str
) -> None:
    """Send the link to a new password; once for each time it was asked for (`request_id`)."""
    url = f"{get_settings().base_url}/reset/{token}"
    await send_email(
        email,
        "reset-password",
        {"reset_url": url, "minutes": minutes},
        locale=current_language.get(),
        key=f"reset-password:{request_id}",
        subject_of=user_id,
    )


async def password_changed(user_id: UUID, email: str, now: datetime) -> None:
    """Tell the owner that the password is another now."""
    await send_email(
        email,
        "password-changed",
        {"changed_at": now},
        locale=current_language.get(),
        key=f"password-changed:{user_id}:{now.isoformat()}",
        subject_of=user_id,
    )
