"""Confirming an address: a link that only its owner received."""

from datetime import datetime, timedelta
from uuid import UUID

from app.auth import emails
from app.auth.security_log import note
from app.auth.viewer import Viewer
from app.core.db import execute, fetch_one, fetch_value, transaction
from app.core.errors import ExpiredLink, Invalid, TooManyRequests
from app.core.i18n import gettext as _
from app.core.ids import parse_id
from app.core.settings import get_settings
from app.core.signing import read_token, sign_token
from app.notifications.queries import count_about

# Mails that an account has sent to addresses before their owners confirmed anything, and how many there may be.
UNCONFIRMED = ("verify-address", "address-confirm", "address-taken")
MOST_UNCONFIRMED = ((5, timedelta(days=1)), (15, timedelta(days=30)))


class AddressUnconfirmed(Invalid):
    """Something that reaches the public was asked for by someone whose address may not be theirs (422)."""

    def default_message(self) -> str:
        return _("Please confirm your e-mail address first: we have sent you a link.")


async def ensure_verified(user_id: UUID) -> None:
    """Raise AddressUnconfirmed unless this person's address is known to be theirs."""
    if not await fetch_value('SELECT verified_at IS NOT NULL FROM "user" WHERE id = $1', user_id):
        raise AddressUnconfirmed


def verification_token(user_id: UUID, email: str, now: datetime) -> str:
    """Return the token that confirms that `email` is this user's."""
    age = timedelta(days=get_settings().verification_link_days)
    return sign_token("verify", {"user": str(user_id), "email": email}, now, age)


async def check_verification(token: str, now: datetime) -> tuple[UUID, str]:
    """Return whose address the token confirms. Raises BadSignature, or ExpiredLink for one that no longer counts."""
    payload = read_token("verify", token, now)
    user_id, email = parse_id(payload["user"]), str(payload["email"])
    row = await fetch_one('SELECT 1 FROM "user" WHERE id = $1 AND email = $2', user_id, email)
    if row is None or user_id is None:
        raise ExpiredLink
    return user_id, email


async def verify_address(token: str, now: datetime, ip: str | None = None) -> None:
    """Note that the address is its user's; again changes nothing. Raises as `check_verification`."""
    user_id, email = await check_verification(token, now)
    async with transaction():
        changed = await execute(
            'UPDATE "user" SET verified_at = $3, updated_at = $3 '
            "WHERE id = $1 AND email = $2 AND verified_at IS NULL",
            user_id, email, now,
        )  # fmt: skip
        if changed:
            await note("address-verified", now, user_id=user_id, ip=ip)


async def ensure_may_mail(user_id: UUID, now: datetime) -> None:
    """Raise TooManyRequests when an account has had enough mails sent to addresses that nobody has confirmed.

    Such an address may be a stranger's, whatever the account's name, network or browser.
    """
    for most, window in MOST_UNCONFIRMED:
        if await count_about(user_id, UNCONFIRMED, now - window) >= most:
            words = _("We have sent several already. Please look into the mailbox, or wait.")
            raise TooManyRequests(int(window.total_seconds()), words)


async def send_verification(viewer: Viewer, now: datetime) -> None:
    """Mail the link again; nothing for an address that is confirmed. Raises TooManyRequests."""
    if not viewer.verified:
        await ensure_may_mail(viewer.user_id, now)
        token = verification_token(viewer.user_id, viewer.email, now)
        await emails.verify_address(viewer.user_id, viewer.email, token)
